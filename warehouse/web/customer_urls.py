"""The customer's addresses about units that wait for goods, below the order's page."""

from django.urls import path

from warehouse.web import waiting

app_name = "customer-waiting"
urlpatterns = [
    path("o/<slug:public_id>/waiting", waiting.call_off, name="call-off"),
    path("o/<slug:public_id>/waiting/<slug:line>/agree", waiting.agree, name="agree"),
]
