"""What the code says about itself, written down as pages: ``manage.py docs`` keeps ``docs/generated`` fresh."""
