"""The rules of notification: values in, values out."""
