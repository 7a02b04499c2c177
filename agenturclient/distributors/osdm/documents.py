"""Fetching the files of a booking: inline, beside the fulfillment, at its own URL or by a link."""

from __future__ import annotations

import base64
import binascii
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agenturclient.distributors.osdm.capabilities import Feature
from agenturclient.distributors.osdm.client import Ask
from agenturclient.distributors.osdm.mapping_booking import documents_of, is_over
from agenturclient.distributors.osdm.wire import Unreadable
from agenturclient.sales.ports import DistributorFailure, DocumentFile, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agenturclient.distributors.osdm.addresses import Addresses
    from agenturclient.distributors.osdm.client import OsdmClient
    from agenturclient.distributors.osdm.wire import Node
    from agenturclient.outbound.messages import Operation

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Documents:
    """Reads files for the fulfillments of one distributor."""

    client: OsdmClient
    addresses: Addresses
    operation: Operation

    def fetch(self, booking: Node) -> tuple[DocumentFile, ...]:
        """What exists by now for the fulfillments that are still good.

        A file that fails does not hold up the others; when none could be had, the failure is
        raised.
        """
        files: list[DocumentFile] = []
        failure: DistributorFailure | None = None
        for fulfillment_id, document_id, document in self._listed(booking):
            try:
                files.append(self._file(fulfillment_id, document_id, document))
            except DistributorFailure as caught:
                logger.warning("a document could not be fetched: %s", caught.code)
                failure = caught
        if failure is not None and not files:
            raise failure
        return tuple(files)

    def _listed(self, booking: Node) -> Iterator[tuple[str, str, Node]]:
        beside = {each.text_or("id"): each for each in booking.nodes("fulfillmentDocuments")}
        for fulfillment in booking.nodes("fulfillments"):
            if is_over(fulfillment):
                continue
            found = list(documents_of(fulfillment, beside)) or self._at_its_own(fulfillment)
            for document_id, document in found:
                yield fulfillment.text("id"), document_id, document

    def _at_its_own(self, fulfillment: Node) -> list[tuple[str, Node]]:
        """Some tell the documents only where the fulfillment itself is read."""
        url = self.addresses.fulfillment(fulfillment.text("id"))
        try:
            answer = self.client.call(Ask(self.operation, "GET", url, feature=Feature.FULFILLMENTS))
        except DistributorFailure as failure:
            logger.info("no documents at the fulfillment: %s", failure.code)
            return []
        beside = {each.text_or("id"): each for each in answer.nodes("fulfillmentDocuments")}
        return list(documents_of(answer.node("fulfillment"), beside))

    def _file(self, fulfillment_id: str, document_id: str, document: Node) -> DocumentFile:
        media_type = document.text_or("format", "application/octet-stream")
        return DocumentFile(fulfillment_id, document_id, media_type, self._content(document))

    def _content(self, document: Node) -> bytes:
        if document.has("content"):
            try:
                return base64.b64decode(document.text("content"), validate=True)
            except (binascii.Error, Unreadable) as broken:
                raise Unavailable("unreadable-answer", "content is not base64") from broken
        link = document.text_or("downloadLink")
        if not link:
            raise Unavailable("no-document", "neither content nor a link")
        return self.client.download(Ask(self.operation, "GET", link))
