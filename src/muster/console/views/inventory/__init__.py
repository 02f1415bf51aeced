"""Views of what there is: lists, assets, people and groups, and what is done to them."""
