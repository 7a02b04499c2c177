"""The route table of the API, read from top to bottom; who may call is stated at each resource."""

from django.urls import URLPattern, path, re_path, register_converter
from django.urls.converters import IntConverter, StringConverter

from agenturclient.api.agencies import Admins, Agencies, Agency
from agenturclient.api.branches import Branch, Branches
from agenturclient.api.clarifications import Clarifications
from agenturclient.api.differences import Differences, Resolution
from agenturclient.api.documents import Document
from agenturclient.api.invitations import LookUp, NewPassword
from agenturclient.api.items import Item, Items
from agenturclient.api.missing import Missing
from agenturclient.api.orders import Order, Orders
from agenturclient.api.places import Places
from agenturclient.api.reconciliations import Reconciliations
from agenturclient.api.refunds import Acceptance, Refund, Refunds
from agenturclient.api.sales import Hold, Sale
from agenturclient.api.searches import Search, TouristicSearches, TripSearches
from agenturclient.api.session import Session, Workplaces
from agenturclient.api.users import (
    Block,
    Changes,
    ChangesOf,
    InvitationOf,
    Permissions,
    Sessions,
    User,
    Users,
)
from agenturclient.api.worklist import Decision, Worklist


class Id(IntConverter):
    """A number that fits every database's integer column."""

    regex = "[0-9]{1,9}"


class Number(StringConverter):
    """An order's number."""

    regex = "[A-Za-z0-9]{1,20}"


class Code(StringConverter):
    """What names an agency."""

    regex = "[A-Za-z0-9_-]{1,50}"


register_converter(Id, "id")
register_converter(Code, "code")
register_converter(Number, "number")

urlpatterns: list[URLPattern] = [
    path("session", Session.as_view()),
    path("session/workplaces", Workplaces.as_view()),
    path("places", Places.as_view()),
    path("searches", TripSearches.as_view()),
    path("touristic-searches", TouristicSearches.as_view()),
    path("searches/<uuid:search_id>", Search.as_view()),
    path("orders", Orders.as_view()),
    path("orders/<number:number>", Order.as_view()),
    path("orders/<number:number>/items", Items.as_view()),
    path("orders/<number:number>/items/<id:position>", Item.as_view()),
    path("orders/<number:number>/hold", Hold.as_view()),
    path("orders/<number:number>/sale", Sale.as_view()),
    path("orders/<number:number>/documents/<id:document>", Document.as_view()),
    path("orders/<number:number>/refunds", Refunds.as_view()),
    path("orders/<number:number>/refunds/<id:refund>", Refund.as_view()),
    path("orders/<number:number>/refunds/<id:refund>/acceptance", Acceptance.as_view()),
    path("clarifications", Clarifications.as_view()),
    path("worklist", Worklist.as_view()),
    path("worklist/<id:case>/decision", Decision.as_view()),
    path("reconciliations", Reconciliations.as_view()),
    path("differences", Differences.as_view()),
    path("differences/<id:difference>/resolution", Resolution.as_view()),
    path("users", Users.as_view()),
    path("users/<id:user>", User.as_view()),
    path("users/<id:user>/permissions", Permissions.as_view()),
    path("users/<id:user>/block", Block.as_view()),
    path("users/<id:user>/sessions", Sessions.as_view()),
    path("users/<id:user>/invitation", InvitationOf.as_view()),
    path("users/<id:user>/changes", ChangesOf.as_view()),
    path("changes", Changes.as_view()),
    path("branches", Branches.as_view()),
    path("branches/<id:branch>", Branch.as_view()),
    path("agencies", Agencies.as_view()),
    path("agencies/<code:agency>", Agency.as_view()),
    path("agencies/<code:agency>/admins", Admins.as_view()),
    path("invitations/look-up", LookUp.as_view()),
    path("invitations/password", NewPassword.as_view()),
    re_path(r"^.*$", Missing.as_view()),
]
