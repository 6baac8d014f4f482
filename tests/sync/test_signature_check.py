"""Who signed what, by OpenSSL, or in a page."""

from __future__ import annotations

import sys

from sync.grants import SignatureCheck
from tests.contracts.signature_contract import SignatureContract

if sys.platform == "emscripten":
    import handset_page

    from sync.web_signature_check import web_signature_check

    class TestInAPage(SignatureContract):
        def check(self) -> SignatureCheck:
            return web_signature_check(handset_page.signed.isSigned)

else:
    from sync.signature_check import is_signed

    class TestByOpenSsl(SignatureContract):
        def check(self) -> SignatureCheck:
            return is_signed
