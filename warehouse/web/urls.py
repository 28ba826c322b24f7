"""The floor's screens, below ``/wh/``."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from warehouse.web import pack, pick, views
from warehouse.web.badge import scan_badge

app_name = "wh"
urlpatterns = [
    path("", views.home, name="home"),
    path("login", LoginView.as_view(template_name="warehouse/login.html", next_page="wh:home"), name="login"),
    path("badge", scan_badge, name="badge"),
    path("logout", LogoutView.as_view(next_page="wh:login"), name="logout"),
    path("find", views.find, name="find"),
    path("release", views.release, name="release"),
    path("put-back/<slug:public_id>", views.put_back, name="put-back"),
    path("lists/<slug:public_id>", pick.pick_list, name="list"),
    path("lists/<slug:public_id>/start", pick.start, name="start"),
    path("lists/<slug:public_id>/scan", pick.scan, name="scan-pick"),
    path("lists/<slug:public_id>/undo", pick.undo_last, name="undo-last"),
    path("tasks/<slug:public_id>/undo", pick.undo, name="undo"),
    path("tasks/<slug:public_id>/short", pick.short, name="short"),
    path("tasks/<slug:public_id>/skip", pick.skip, name="skip"),
    path("pack/<slug:public_id>", pack.pack, name="pack"),
    path("pack/<slug:public_id>/scan", pack.scan, name="scan-pack"),
    path("packages/<slug:public_id>/unpack", pack.unpack, name="unpack"),
    path("packages/<slug:public_id>/seal", pack.seal, name="seal"),
    path("packages/<slug:public_id>/void", pack.void, name="void"),
]
