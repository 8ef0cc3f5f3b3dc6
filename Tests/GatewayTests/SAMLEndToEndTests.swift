import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import LocalServers
import Logging
import NIOCore
import TestSupport
import Testing

@testable import Gateway

/// A real browser at a provider that speaks SAML, which is another site than ours: only a browser knows which cookies it sends with a form
/// of another site.
@Suite struct SAMLEndToEndTests {
    @Test func theAnswerComesBackWithAFormOfAnotherSite() async throws {
        guard FileManager.default.isExecutableFile(atPath: "/usr/bin/chromium") else {
            print("SKIPPED: the login at a SAML provider needs Chromium; deploy/local/setup.sh installs it")
            return
        }
        let provider = SAMLPage(signer: try await .make())
        let router = Router()
        router.get("/sso") { request, _ in try provider.page(for: request) }
        let site = Application(router: router, logger: Logger(label: "saml") { _ in SwiftLogNoOpLogHandler() })
        try await site.test(.live) { server in
            // To a browser, 127.0.0.1 is another site than localhost.
            let page = "http://127.0.0.1:\(server.port ?? 0)/sso"
            try await BrowserStack.run("saml") { port in
                let gateway = "http://localhost:\(port)"
                let admin = HTTPBrowser(base: gateway)
                try await admin.logIn(BrowserStack.person)
                let token = try #require(try await admin.send("GET", "/auth/session").object["csrfToken"] as? String)
                let settings: [String: Any] = [
                    "kind": "saml", "metadata": provider.metadata(page: page), "trustsEmail": true,
                    "roleMapping": [["group": "technicians", "roles": ["technician"]]],
                ]
                let json = String(decoding: try JSONSerialization.data(withJSONObject: settings), as: UTF8.self)
                let own = [("X-CSRF-Token", token), ("Origin", gateway)]
                let set = try await admin.send("PUT", "/api/v1/tenant/identity-provider", own, json)
                #expect(set.status == 200)
                _ = try await Python.run(
                    "Tests/Oracles/saml_login.py",
                    [gateway, "browser", "anna@sunfield.example"],
                    needs: "playwright"
                )
            }
        }
    }
}

/// The page of a provider on which somebody is logged in already: it sends the browser back at once.
private struct SAMLPage: Sendable {
    let signer: XMLSigner
    private static let issuer = "https://login.sunfield.example"

    func metadata(page: String) -> String {
        """
        <md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="\(Self.issuer)">\
        <md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:KeyDescriptor use="signing">\
        <ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>\
        \(Data(signer.certificate).base64EncodedString())</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>\
        <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="\(page)"/>\
        </md:IDPSSODescriptor></md:EntityDescriptor>
        """
    }

    func page(for request: Request) throws -> Response {
        let fields = request.uri.queryParameters
        let deflated = Data(base64Encoded: fields["SAMLRequest"].map(String.init) ?? "") ?? Data()
        let xml = String(decoding: deflated.dropFirst(5), as: UTF8.self)
        func attribute(_ name: String) -> String {
            let start = xml.range(of: " \(name)=\"")?.upperBound ?? xml.endIndex
            return String(xml[start...].prefix { $0 != "\"" })
        }
        let audience = xml.components(separatedBy: "Issuer>").dropFirst().first?.prefix { $0 != "<" } ?? ""
        let consumer = attribute("AssertionConsumerServiceURL")
        let answer = SAMLAnswer(
            issuer: Self.issuer,
            consumer: consumer,
            request: attribute("ID"),
            audience: String(audience)
        )
        let text = answer.wrapped(try answer.signed(by: signer))
        let html = """
            <form method="post" action="\(consumer)">
            <input type="hidden" name="SAMLResponse" value="\(Data(text.utf8).base64EncodedString())">
            <input type="hidden" name="RelayState" value="\(fields["RelayState"] ?? "")"></form>
            <script>document.forms[0].submit()</script>
            """
        return Response(
            status: .ok,
            headers: [.contentType: "text/html"],
            body: .init(byteBuffer: ByteBuffer(string: html))
        )
    }
}
