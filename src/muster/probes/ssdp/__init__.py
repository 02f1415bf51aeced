"""What UPnP devices say of themselves: televisions, cameras, routers, speakers, NAS."""
