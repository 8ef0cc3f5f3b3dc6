import Foundation
import SignedXML

/// A provider's answer (SAML Core, section 3.3.3), read from what it has signed.
struct SAMLResponse {
    var assertion: SAMLAssertion

    /// Reads an answer as a browser brings it, and checks what it says of itself.
    ///
    /// - Parameters:
    ///   - text: In base64.
    ///   - keys: Of the provider.
    /// - Throws: ``ProviderRefusal``.
    init(
        _ text: String,
        _ config: ProviderConfig,
        keys: [XMLKey],
        request: String,
        recipient: String
    ) throws(ProviderRefusal) {
        guard let bytes = Data(base64Encoded: text, options: .ignoreUnknownCharacters) else {
            throw ProviderRefusal("the answer is no base64")
        }
        // What it says of a failure need not be signed: it opens nothing.
        if let failure = Self.failure(Array(bytes)) { throw ProviderRefusal("the provider says \(failure)") }
        let content: SignedXML.Content
        do throws(XMLFault) {
            content = try SignedXML.read(Array(bytes), child: "Assertion", in: SAMLNames.assertions, keys: keys)
        } catch {
            throw ProviderRefusal("the answer is not accepted: \(error.words)")
        }
        // The assertion repeats what matters; but an answer that contradicts it is none of ours.
        let answer = content.root ?? content.unverified
        guard answer.name == "Response", answer.namespace == SAMLNames.protocols, answer["Version"] == "2.0" else {
            throw ProviderRefusal("the answer is no response of SAML 2.0")
        }
        guard [nil, recipient].contains(answer["Destination"]), content.root == nil || answer["Destination"] != nil
        else {
            throw ProviderRefusal("the answer is for another recipient")
        }
        guard [nil, request].contains(answer["InResponseTo"]) else {
            throw ProviderRefusal("the answer is for another request")
        }
        let issuer = answer.only("Issuer", in: SAMLNames.assertions)?.trimmedText
        guard [nil, config.issuer].contains(issuer) else { throw ProviderRefusal("the answer is of another issuer") }
        assertion = try SAMLAssertion(content.child)
    }

    /// The word of a provider that has let nobody in.
    private static func failure(_ bytes: [UInt8]) -> String? {
        guard let root = try? XMLElement(reading: bytes), root.name == "Response",
            let code = root.only("Status", in: SAMLNames.protocols)?.only("StatusCode", in: SAMLNames.protocols),
            let value = code["Value"], value != SAMLNames.success
        else { return nil }
        let inner = code.only("StatusCode", in: SAMLNames.protocols)?["Value"]
        let word = (inner ?? value).split(separator: ":").last ?? "nothing"
        return String(word.unicodeScalars.filter { $0.isASCII }.prefix(64))
    }
}

extension SAMLAssertion {
    /// - Throws: ``ProviderRefusal`` for an assertion that lacks something, or has what is not understood.
    fileprivate init(_ element: XMLElement) throws(ProviderRefusal) {
        let names = SAMLNames.assertions
        guard element["Version"] == "2.0", let id = element["ID"], let subject = element.only("Subject", in: names),
            let name = subject.only("NameID", in: names), name.children.isEmpty,
            let issuer = element.only("Issuer", in: names), let conditions = element.only("Conditions", in: names)
        else { throw ProviderRefusal("the assertion lacks an issuer, a name, or conditions") }
        // Of conditions that are not understood nobody knows whether they hold (SAML Core, section 2.5.1.1).
        let known = ["AudienceRestriction", "OneTimeUse", "ProxyRestriction"]
        guard conditions.children.allSatisfy({ $0.namespace == names && known.contains($0.name) }) else {
            throw ProviderRefusal("the assertion has a condition that is not understood")
        }
        self.init(
            id: id,
            issuer: issuer.trimmedText,
            subject: name.trimmedText,
            subjectFormat: name["Format"],
            confirmations: try Self.confirmations(of: subject),
            notBefore: try SAMLTime.read(conditions["NotBefore"]),
            notOnOrAfter: try SAMLTime.read(conditions["NotOnOrAfter"]),
            audiences: conditions.all("AudienceRestriction", in: names).map {
                $0.all("Audience", in: names).map(\.trimmedText)
            },
            authenticatedAt: try SAMLTime.read(element.all("AuthnStatement", in: names).first?["AuthnInstant"]),
            attributes: Self.attributes(of: element)
        )
        // A statement that somebody has logged in: without one, it is none of a login.
        guard authenticatedAt != nil else {
            throw ProviderRefusal("the assertion does not say when the person logged in")
        }
    }

    private static func confirmations(of subject: XMLElement) throws(ProviderRefusal) -> [Confirmation] {
        var confirmations: [Confirmation] = []
        for element in subject.all("SubjectConfirmation", in: SAMLNames.assertions)
        where element["Method"] == SAMLNames.bearer {
            guard let data = element.only("SubjectConfirmationData", in: SAMLNames.assertions) else { continue }
            confirmations.append(
                Confirmation(
                    recipient: data["Recipient"],
                    inResponseTo: data["InResponseTo"],
                    notBefore: try SAMLTime.read(data["NotBefore"]),
                    notOnOrAfter: try SAMLTime.read(data["NotOnOrAfter"])
                )
            )
        }
        guard !confirmations.isEmpty else { throw ProviderRefusal("the assertion is not for a bearer") }
        return confirmations
    }

    private static func attributes(of element: XMLElement) -> [String: [String]] {
        var attributes: [String: [String]] = [:]
        for statement in element.all("AttributeStatement", in: SAMLNames.assertions) {
            for attribute in statement.all("Attribute", in: SAMLNames.assertions) {
                guard let name = attribute["Name"] else { continue }
                let values = attribute.all("AttributeValue", in: SAMLNames.assertions).filter(\.children.isEmpty)
                attributes[name, default: []] += values.map(\.trimmedText)
            }
        }
        return attributes
    }
}

/// Times as SAML writes them: `xs:dateTime` in UTC (SAML Core, section 1.3.3).
private enum SAMLTime {
    /// - Returns: `nil` if there is none.
    static func read(_ text: String?) throws(ProviderRefusal) -> Date? {
        guard let text else { return nil }
        // Some write seven digits after the second. Parts of it do not matter.
        let parts = text.dropLast().split(separator: ".", omittingEmptySubsequences: false)
        guard text.utf8.count <= 40, text.hasSuffix("Z"), parts.count <= 2,
            parts.dropFirst().allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
            let time = try? Date.ISO8601FormatStyle().parse("\(parts[0])Z")
        else { throw ProviderRefusal("a time of the assertion is malformed") }
        return time
    }
}
