"""Lists of an inventory as data: what is asked, how a row looks, what narrows it down."""
