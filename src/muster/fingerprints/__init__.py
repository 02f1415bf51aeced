"""What a banner, a title or a build number says of a machine, by recog's XML format."""
