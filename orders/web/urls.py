"""The customer's addresses; upper floors put theirs below ``/o/<public_id>/`` too, where the access cookie goes."""

from django.urls import path

from orders.web import change, hooks, pay, pay_back, preferences, prove, sandbox, views

app_name = "customer"
urlpatterns = [
    path("o/<slug:public_id>", views.order, name="order"),
    path("o/<slug:public_id>/cancel", views.cancel, name="cancel"),
    path("o/<slug:public_id>/pay", pay.pay, name="pay"),
    path("o/<slug:public_id>/change", change.change, name="change"),
    path("o/<slug:public_id>/withdraw-change", change.withdraw, name="withdraw-change"),
    path("o/<slug:public_id>/again", change.order_again, name="again"),
    path("o/<slug:public_id>/codes", views.codes, name="codes"),
    path("o/<slug:public_id>/prove", prove.prove, name="prove"),
    path("o/<slug:public_id>/feedback", views.feedback, name="feedback"),
    path("o/<slug:public_id>/invoices/<slug:number>.pdf", views.invoice, name="invoice"),
    path("o/<slug:public_id>/credit-notes/<slug:number>.pdf", views.credit_note, name="credit-note"),
    path("o/<slug:public_id>/preferences", preferences.preferences, name="preferences"),
    path("o/<slug:public_id>/unsubscribe/<slug:kind>/<slug:token>", preferences.unsubscribe, name="unsubscribe"),
    path("o/<slug:public_id>/new-link", views.new_link, name="new-link"),
    path("pay/back/<slug:payment_id>", pay_back.pay_back, name="pay-back"),
    path("hooks/payments/<slug:code>", hooks.payments, name="payment-hook"),
    path("sandbox/pay/<slug:payment_id>", sandbox.pay, name="sandbox-pay"),
]
