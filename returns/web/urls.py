"""The customer's addresses about returns, below the order's page."""

from django.urls import path

from returns.web import views

app_name = "customer-returns"
urlpatterns = [
    path("o/<slug:public_id>/return", views.request, name="request"),
    path("o/<slug:public_id>/returns/<slug:return_id>/cancel", views.cancel, name="cancel"),
    path("o/<slug:public_id>/returns/<slug:return_id>/sent", views.sent, name="sent"),
    path("o/<slug:public_id>/returns/<slug:return_id>/label.pdf", views.label, name="label"),
]
