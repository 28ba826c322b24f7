"""The roles that staff have: a closed list. What each may do is granted by ``config.roles``."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """The value is the name of the group."""

    SUPPORT = "support", _("Support")
    PICKER = "picker", _("Picker")
    PACKER = "packer", _("Packer")
    WAREHOUSE_MANAGER = "warehouse_manager", _("Warehouse manager")
    FINANCE = "finance", _("Finance")
    ADMIN = "admin", _("Admin")
