import EventSchema
import Foundation
import HTTPTypes
import ServiceKit
import SignedXML
import TestSupport
import Testing

@testable import Auth

/// What an administrator says of a provider that speaks SAML 2.0.
@Suite struct SAMLSettingsTests {
    @Test func theMetadataIsReadAndShown() async throws {
        try await withSAML { (both) async throws in
            let read = try await both.company.admin.send(.get, CompanyWithSAML.path)
            let base = "http://localhost:8080/auth/providers/\(both.company.tenant)/saml"
            #expect(read["issuer"] == both.provider.issuer && read["loginUrl"] == both.provider.page)
            #expect(read["callbackUrl"] == base && read["metadataUrl"] == base + "/metadata")
            #expect(read["clientId"] == base + "/metadata" && read["backchannelLogoutUrl"] == nil)
            #expect((read.object["certificateSha256"] as? [String])?.first?.count == 64)
            let ours = try await both.company.anonymous.send(
                .get,
                "/auth/providers/\(both.company.tenant)/saml/metadata"
            )
            #expect(ours.headers[.contentType] == "application/samlmetadata+xml")
            let xml = try XMLElement(reading: Array(ours.text.utf8))
            #expect(xml["entityID"] == read["metadataUrl"])
            let consumer = xml.only("SPSSODescriptor", in: SAMLNames.metadata)?
                .only("AssertionConsumerService", in: SAMLNames.metadata)
            #expect(consumer?["Location"] == base && consumer?["Binding"] == SAMLNames.post)
            // Without metadata, what was read before stays.
            let changed = try await both.set(["metadata": NSNull(), "roleMapping": []])
            #expect(changed.status == .ok && changed["loginUrl"] == both.provider.page)
            #expect(changed["issuer"] == both.provider.issuer)
            let events = try await both.company.database.outbox(of: AuditRecorded.self)
            #expect(
                events.contains {
                    $0.action == "IDENTITY_PROVIDER_CREATED" && $0.changes?.contains(both.provider.page) == true
                }
            )
            let test = try await both.company.admin.send(.post, CompanyWithSAML.path + "/test", [:])
            #expect((test.status, test["code"]) == (.conflict, "provider_untestable"))
        }
    }

    @Test func metadataThatCanNotBeUsedAreRefusedWithTheReason() async throws {
        try await withSAML { (both) async throws in
            let provider = both.provider
            let good = provider.metadata()
            let weak = try await XMLSigner.make("rsa:1024")
            let wrong: [(String, String)] = [
                ("x", "XML"), ("<a/>", "EntityDescriptor"), ("<!DOCTYPE a>" + good, "document type"),
                (good.replacing("IDPSSODescriptor", with: "SPSSODescriptor"), "IDPSSODescriptor"),
                (good.replacing("2.0:protocol", with: "1.1:protocol"), "SAML 2.0"),
                (good.replacing("HTTP-Redirect", with: "SOAP"), "HTTP-Redirect"),
                (provider.metadata(page: "http://login.sunfield.example/"), "https://"),
                (provider.metadata(page: "javascript:alert(1)"), "https://"),
                (provider.metadata(use: " use=\"encryption\""), "certificates"),
                (provider.metadata([weak.certificate]), "2048"), (provider.metadata([[1, 2, 3]]), "2048"),
                (provider.metadata((0..<11).map { [UInt8($0)] }), "1 to 10"),
            ]
            for (text, reason) in wrong {
                let refused = try await both.set(["metadata": text])
                #expect(refused.status == .badRequest && refused.wrongFields == ["metadata"])
                #expect(refused.text.contains(reason), "\(refused.text)")
            }
            // On this machine, without TLS.
            #expect(try await both.set(["metadata": provider.metadata(page: "http://localhost:9/sso")]).status == .ok)
        }
    }

    @Test func eachProtocolHasItsOwnFields() async throws {
        try await withSAML { (both) async throws in
            for (name, value) in [
                ("issuer", "https://login.example.com"), ("clientId", "c"), ("clientSecret", "s"),
                ("scopes", ["openid"]), ("passwordLogin", true),
            ] as [(String, Any)] {
                let refused = try await both.set([name: value])
                #expect((refused.status, refused.wrongFields) == (.badRequest, [name]))
            }
        }
        try await withProvider(isSet: false) { (both) async throws in
            #expect(try await both.set(["metadata": "<a/>"]).wrongFields == ["metadata"])
            var body: [String: Any] = ["kind": "oidc", "roleMapping": []]
            let path = CompanyWithSAML.path
            #expect(try await both.company.admin.send(.put, path, body).wrongFields.sorted() == ["clientId", "issuer"])
            body["kind"] = "saml"
            #expect(try await both.company.admin.send(.put, path, body).wrongFields == ["metadata"])
        }
    }

    /// While a provider changes its key, it has two.
    @Test func allCertificatesOfTheMetadataCount() async throws {
        try await withSAML { (both) async throws in
            let next = try await XMLSigner.make()
            _ = try await both.set([
                "metadata": both.provider.metadata([both.provider.signer.certificate, next.certificate])
            ])
            for signer in [both.provider.signer, next] {
                let (request, cookie) = try await both.begin()
                let answer = both.provider.answer(to: request)
                let arrived = try await both.post(
                    answer.wrapped(try answer.signed(by: signer)),
                    request,
                    cookie: cookie
                )
                #expect(arrived.status == .seeOther)
            }
            _ = try await both.set(["metadata": both.provider.metadata([next.certificate])])
            #expect(try await both.arrive().status == .unauthorized)
        }
    }
}
