"""What the packing station does with a finished parcel, below ``/wh/``."""

from django.urls import path

from shipping.web import views

app_name = "wh-shipping"
urlpatterns = [
    path("shipments/<slug:public_id>", views.shipment, name="shipment"),
    path("shipments/<slug:public_id>/label", views.label, name="label"),
    path("shipments/<slug:public_id>/dispatch", views.dispatch, name="dispatch"),
    path("papers/<slug:public_id>", views.paper, name="paper"),
]
