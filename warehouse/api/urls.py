"""The warehouse floor's part of /api/v1."""

from django.urls import path

from warehouse.api import views

urlpatterns = [
    path("stock", views.Stock.as_view()),
    path("stock/adjustments", views.Adjustments.as_view()),
    path("fulfillment-orders", views.FulfillmentOrders.as_view()),
    path("fulfillment-orders/<str:id>", views.FulfillmentOrder.as_view()),
    path("fulfillment-orders/<str:id>/accept", views.Acceptance.as_view()),
    path("fulfillment-orders/<str:id>/reject", views.Rejection.as_view()),
]
