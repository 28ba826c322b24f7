"""The ground floor's part of /api/v1."""

from django.urls import path

from orders.api.views import availability, batches, changes, drafts, order_actions, orders, products

urlpatterns = [
    path("orders", orders.Orders.as_view()),
    path("orders/batch", batches.OrderBatch.as_view()),
    path("orders/<str:number>", orders.Order.as_view()),
    path("orders/<str:number>/events", orders.OrderEvents.as_view()),
    path("orders/<str:number>/cancel", order_actions.Cancel.as_view()),
    path("orders/<str:number>/changes", changes.Changes.as_view()),
    path("orders/<str:number>/hold", order_actions.Hold.as_view()),
    path("orders/<str:number>/release", order_actions.Release.as_view()),
    path("orders/<str:number>/payments", order_actions.Payments.as_view()),
    path("orders/<str:number>/refunds", order_actions.Refunds.as_view()),
    path("drafts", drafts.Drafts.as_view()),
    path("drafts/<str:draft>", drafts.Draft.as_view()),
    path("drafts/<str:draft>/place", drafts.Place.as_view()),
    path("drafts/<str:draft>/payment-link", drafts.PaymentLink.as_view()),
    path("products", products.Products.as_view()),
    path("products/batch", batches.ProductBatch.as_view()),
    path("products/<str:sku>", products.Product.as_view()),
    path("availability", availability.Availability.as_view()),
]
