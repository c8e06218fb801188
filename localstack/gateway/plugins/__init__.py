"""The plugins, each as Kong's own of the same name."""
