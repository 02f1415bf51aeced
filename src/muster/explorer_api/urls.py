"""Where each thing is asked, below `/api/explorer/`."""

from django.urls import path

from muster.explorer_api import views

urlpatterns = [
    path("enrol", views.enrol),
    path("hello", views.hello),
    path("poll", views.poll),
    path("bye", views.bye),
    path("plans/<str:uid>/claim", views.claim),
    path("plans/<str:uid>/chunks/<int:number>", views.chunk),
]
