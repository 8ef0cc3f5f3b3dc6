import Foundation
import HTTPTypes
import ServiceKit
import SignedXML
import TestSupport
import Testing

@testable import Auth

/// An identity provider that speaks SAML 2.0. Nothing of it is ours; it plays every trick that a test asks for.
struct FakeSAML: Sendable {
    let signer: XMLSigner
    let issuer = "https://login.sunfield.example/saml?a=1&b=2"
    let page = "https://login.sunfield.example/sso?tenant=5"

    init() async throws {
        signer = try await .make()
    }

    /// As its administrators copy it.
    func metadata(_ certificates: [[UInt8]]? = nil, page: String? = nil, use: String = " use=\"signing\"") -> String {
        let keys = (certificates ?? [signer.certificate]).map { certificate in
            // In lines, as most providers show it.
            let text = Data(certificate).base64EncodedString(options: .lineLength64Characters)
            return """
                <md:KeyDescriptor\(use)><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>
                  <ds:X509Certificate>
                \(text)
                  </ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
                """
        }
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <md:EntityDescriptor xmlns:md="\(SAMLNames.metadata)" entityID="\(issuer.escapedForXML)">
              <md:IDPSSODescriptor WantAuthnRequestsSigned="false" protocolSupportEnumeration="\(SAMLNames.protocols)">
                \(keys.joined())
                <md:SingleSignOnService Binding="\(SAMLNames.post)" Location="https://login.sunfield.example/post"/>
                <md:SingleSignOnService Binding="\(SAMLNames.redirect)" Location="\((page ?? self.page).escapedForXML)"/>
              </md:IDPSSODescriptor>
            </md:EntityDescriptor>
            """
    }

    /// What a browser brings there.
    struct Request {
        var id: String
        var consumer: String
        var issuer: String
        var isFresh: Bool
        var state: String
    }

    /// Reads the request in the address to which a browser was sent.
    func request(in location: String?) throws -> Request {
        guard let location, location.hasPrefix(page + "&"), let url = URLComponents(string: location) else {
            throw UnexpectedAnswer(text: location ?? "nowhere")
        }
        let fields = Dictionary((url.queryItems ?? []).map { ($0.name, $0.value ?? "") }) { $1 }
        let deflated = Array(Data(base64Encoded: fields["SAMLRequest"] ?? "") ?? Data())
        // One block that is not compressed: a mark, the length twice, and the text.
        #expect(deflated.first == 1 && deflated.count > 5)
        #expect(Int(deflated[1]) + Int(deflated[2]) << 8 == deflated.count - 5)
        let xml = try XMLElement(reading: Array(deflated.dropFirst(5)))
        #expect(xml.name == "AuthnRequest" && xml.namespace == SAMLNames.protocols && xml["Destination"] == page)
        return Request(
            id: try #require(xml["ID"]),
            consumer: try #require(xml["AssertionConsumerServiceURL"]),
            issuer: try #require(xml.only("Issuer", in: SAMLNames.assertions)?.text),
            isFresh: xml["ForceAuthn"] == "true",
            state: try #require(fields["RelayState"])
        )
    }

    /// The answer to a request, for Anna.
    func answer(to request: Request) -> SAMLAnswer {
        SAMLAnswer(
            issuer: issuer,
            consumer: request.consumer,
            request: request.id,
            audience: request.issuer
        )
    }
}

/// A company whose people log in at a provider that speaks SAML.
struct CompanyWithSAML: Sendable {
    static let path = "/api/v1/tenant/identity-provider"

    let company: Company
    let provider: FakeSAML
    let browser: Browser

    func set(_ changes: [String: Any] = [:]) async throws -> ServiceAnswer {
        var body: [String: Any] = [
            "kind": "saml", "metadata": provider.metadata(), "trustsEmail": true,
            "roleMapping": [
                ["group": "technicians", "roles": ["technician"]], ["group": "bosses", "roles": ["supervisor"]],
            ],
        ]
        body.merge(changes) { $1 }
        body = body.filter { !($0.value is NSNull) }
        return try await company.admin.send(.put, Self.path, body)
    }

    /// The browser goes to the provider.
    func begin(_ fields: [String: String?] = [:]) async throws -> (request: FakeSAML.Request, cookie: String?) {
        let there = try await browser.authorize(["tenant": "T"].merging(fields) { $1 })
        guard there.status == .seeOther else { throw UnexpectedAnswer(text: "\(there.status) \(there.text)") }
        return (try provider.request(in: there.headers[.location]), CompanyWithProvider.cookie(there))
    }

    /// The provider's page makes the browser send this.
    func post(_ xml: String, _ request: FakeSAML.Request, cookie: String?, state: String? = nil) async throws
        -> ServiceAnswer
    {
        var headers = HTTPFields()
        headers[.cookie] = cookie
        let form = FormText.encoded([
            ("SAMLResponse", Data(xml.utf8).base64EncodedString()), ("RelayState", state ?? request.state),
        ])
        let path = "/auth/providers/\(company.tenant)/saml"
        return try await browser.client.send(.post, path, text: form, headers: headers)
    }

    /// A login with a changed answer.
    func arrive(
        _ fields: [String: String?] = [:],
        _ change: (inout SAMLAnswer) -> Void = { _ in }
    ) async throws -> ServiceAnswer {
        let (request, cookie) = try await begin(fields)
        var answer = provider.answer(to: request)
        change(&answer)
        return try await post(answer.wrapped(try answer.signed(by: provider.signer)), request, cookie: cookie)
    }

    /// Exchanges the code of a login, and reads who it is.
    func person(_ arrived: ServiceAnswer) async throws -> ServiceAnswer {
        let given = try await browser.exchange(try Browser.code(in: arrived))
        var person = company.anonymous
        guard let token = given["access_token"] else { throw UnexpectedAnswer(text: given.text) }
        person.token = token
        try await company.learn()
        return try await person.send(.get, "/api/v1/auth/me")
    }

    /// Why logins failed, as the audit log has it.
    func reasons() async throws -> [String] {
        try await CompanyWithProvider.reasons(company)
    }
}

func withSAML(_ body: @escaping @Sendable (CompanyWithSAML) async throws -> Void) async throws {
    let provider = try await FakeSAML()
    try await withCompany { company in
        let both = CompanyWithSAML(
            company: company,
            provider: provider,
            browser: Browser(client: company.anonymous)
        )
        let set = try await both.set()
        guard set.status == .ok else { throw UnexpectedAnswer(text: set.text) }
        try await body(both)
    }
}
