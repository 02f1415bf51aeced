"""Views, a module for each subject; every one is declared with `page`."""
