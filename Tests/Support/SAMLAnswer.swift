public import Foundation

/// A provider's answer in canonical form, with all that a test can change.
public struct SAMLAnswer: Sendable {
    private static let assertions = "urn:oasis:names:tc:SAML:2.0:assertion"
    private static let protocols = "urn:oasis:names:tc:SAML:2.0:protocol"

    public var id = "_a\(UUID().uuidString)"
    public var answerID = "_r\(UUID().uuidString)"
    public var issuer: String
    public var consumer: String
    public var request: String
    public var audience: String
    public var subject = "anna-5c2e7d6a"
    public var format = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
    public var attributes: [(String, [String])] = [
        ("email", ["Anna@Sunfield.example"]), ("displayName", ["Anna Berg"]), ("groups", ["technicians", "everyone"]),
        ("givenName", ["Anna"]), ("sn", ["Berg"]),
    ]
    public var from: TimeInterval = -60
    public var until: TimeInterval = 300
    /// When it is written.
    public var now = Date()
    /// When the person logged in, from now.
    public var loggedIn: TimeInterval = -5
    /// Members that are left out or put instead of others.
    public var changes: [(String, String)] = []
    public var status = "urn:oasis:names:tc:SAML:2.0:status:Success"
    /// Of the answer around the assertion.
    public var answerRequest: String?
    public var destination: String?

    /// - Parameters:
    ///   - consumer: Where it goes.
    ///   - request: The id of the request that it answers.
    ///   - audience: For whom it is.
    public init(issuer: String, consumer: String, request: String, audience: String) {
        (self.issuer, self.consumer, self.request, self.audience) = (issuer, consumer, request, audience)
    }

    private func time(_ offset: TimeInterval) -> String { (now + offset).formatted(.iso8601) }

    public var assertion: String {
        let statement = attributes.map { name, values in
            let texts = values.map { "<saml:AttributeValue>\($0)</saml:AttributeValue>" }.joined()
            return "<saml:Attribute Name=\"\(name)\">\(texts)</saml:Attribute>"
        }.joined()
        let text = """
            <saml:Assertion xmlns:saml="\(Self.assertions)" ID="\(id)" IssueInstant="\(time(0))" Version="2.0">\
            <saml:Issuer>\(issuer.replacing("&", with: "&amp;"))</saml:Issuer><saml:Subject>\
            <saml:NameID Format="\(format)">\(subject)</saml:NameID>\
            <saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData InResponseTo="\(request)" \
            NotOnOrAfter="\(time(until))" Recipient="\(consumer)"></saml:SubjectConfirmationData></saml:SubjectConfirmation></saml:Subject>\
            <saml:Conditions NotBefore="\(time(from))" NotOnOrAfter="\(time(until))"><saml:AudienceRestriction>\
            <saml:Audience>\(audience)</saml:Audience></saml:AudienceRestriction></saml:Conditions>\
            <saml:AuthnStatement AuthnInstant="\(time(loggedIn))" SessionIndex="\(id)"></saml:AuthnStatement>\
            <saml:AttributeStatement>\(statement)</saml:AttributeStatement></saml:Assertion>
            """
        return changes.reduce(text) { $0.replacing($1.0, with: $1.1) }
    }

    /// Puts an assertion, or more, into an answer.
    public func wrapped(_ parts: String) -> String {
        """
        <samlp:Response xmlns:samlp="\(Self.protocols)" Destination="\(destination ?? consumer)" ID="\(answerID)" \
        InResponseTo="\(answerRequest ?? request)" IssueInstant="\(time(0))" Version="2.0">\
        <saml:Issuer xmlns:saml="\(Self.assertions)">\(issuer.replacing("&", with: "&amp;"))</saml:Issuer>\
        <samlp:Status><samlp:StatusCode Value="\(status)"></samlp:StatusCode></samlp:Status>\(parts)</samlp:Response>
        """
    }

    /// The assertion with a signature behind its issuer, where the schema has it.
    public func signed(by signer: XMLSigner, _ method: XMLSigner.Method = .init()) throws -> String {
        Self.put(try signer.signature(of: assertion, id: id, method), into: assertion)
    }

    /// The answer with a signature of its own, and none of the assertion.
    public func signedWhole(by signer: XMLSigner) throws -> String {
        let text = wrapped(assertion)
        return Self.put(try signer.signature(of: text, id: answerID), into: text)
    }

    public static func put(_ signature: String, into element: String) -> String {
        guard let end = element.range(of: "</saml:Issuer>")?.upperBound else { return element }
        return element[..<end] + signature + element[end...]
    }
}
