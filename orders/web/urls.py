"""The customer's addresses; upper floors put theirs below ``/o/<public_id>/`` too, where the access cookie goes."""

from django.urls import path

from orders.web import prove, sandbox, views

app_name = "customer"
urlpatterns = [
    path("o/<slug:public_id>", views.order, name="order"),
    path("o/<slug:public_id>/cancel", views.cancel, name="cancel"),
    path("o/<slug:public_id>/codes", views.codes, name="codes"),
    path("o/<slug:public_id>/prove", prove.prove, name="prove"),
    path("o/<slug:public_id>/feedback", views.feedback, name="feedback"),
    path("o/<slug:public_id>/invoices/<slug:number>.pdf", views.invoice, name="invoice"),
    path("o/<slug:public_id>/credit-notes/<slug:number>.pdf", views.credit_note, name="credit-note"),
    path("o/<slug:public_id>/new-link", views.new_link, name="new-link"),
    path("sandbox/pay/<slug:payment_id>", sandbox.pay, name="sandbox-pay"),
]
