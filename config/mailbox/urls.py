"""The mailbox's addresses, mounted where MAIL_DIR is set."""

from django.urls import path

from config.mailbox import views

urlpatterns = [
    path("", views.inbox, name="mailbox"),
    path("<str:name>", views.read, name="mailbox-mail"),
    path("<str:name>/body", views.body, name="mailbox-body"),
]
