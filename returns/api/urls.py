"""The returns floor's part of /api/v1."""

from django.urls import path

from returns.api import views

urlpatterns = [
    path("returns", views.Returns.as_view()),
    path("returns/<str:id>", views.Return.as_view()),
    path("returns/<str:id>/cancel", views.Cancel.as_view()),
]
