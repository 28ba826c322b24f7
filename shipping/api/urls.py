"""The shipping floor's part of /api/v1."""

from django.urls import path

from shipping.api import views

urlpatterns = [
    path("shipments", views.Shipments.as_view()),
    path("shipments/<str:id>", views.Shipment.as_view()),
    path("shipments/<str:id>/documents/<str:document>", views.ShipmentDocument.as_view()),
    path("shipments/<str:id>/tracking-events", views.TrackingEvents.as_view()),
]
