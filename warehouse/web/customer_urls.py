"""The customer's addresses about substitutes, below the order's page."""

from django.urls import path

from warehouse.web import substitute

app_name = "customer-substitutes"
urlpatterns = [
    path("o/<slug:public_id>/substitutes/<slug:proposal_id>", substitute.answer, name="answer"),
]
