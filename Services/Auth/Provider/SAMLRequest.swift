import Foundation

/// A request for a login (SAML Core, section 3.4.1) as a browser brings it to a provider (SAML Bindings, section 3.4).
///
/// It is not signed: it says nothing that the browser's person could not say, and the answer leads only to an address that the provider knows
/// from our metadata.
struct SAMLRequest {
    var id: String
    var destination: String
    /// Our name at the provider.
    var issuer: String
    /// Where the answer goes.
    var consumer: String
    /// Whether the person has to prove anew who they are.
    var isFresh: Bool
    var issuedAt: Date

    var xml: String {
        """
        <samlp:AuthnRequest xmlns:samlp="\(SAMLNames.protocols)" xmlns:saml="\(SAMLNames.assertions)" ID="\(id.escapedForXML)" \
        Version="2.0" IssueInstant="\(issuedAt.formatted(.iso8601))" Destination="\(destination.escapedForXML)" \
        AssertionConsumerServiceURL="\(consumer.escapedForXML)" ProtocolBinding="\(SAMLNames.post)"\
        \(isFresh ? " ForceAuthn=\"true\"" : "")><saml:Issuer>\(issuer.escapedForXML)</saml:Issuer>\
        <samlp:NameIDPolicy AllowCreate="true"/></samlp:AuthnRequest>
        """
    }

    /// Where the browser goes.
    func url(state: String) -> String {
        let request = Data(Self.deflated(Array(xml.utf8))).base64EncodedString()
        return FormText.url(destination, [("SAMLRequest", request), ("RelayState", state)])
    }

    /// DEFLATE (RFC 1951), in blocks that are not compressed (section 3.2.4): a request has about 600 bytes, and no library here compresses.
    private static func deflated(_ bytes: [UInt8]) -> [UInt8] {
        let length = UInt16(truncatingIfNeeded: min(bytes.count, Int(UInt16.max)))
        let isLast = bytes.count == Int(length)
        let parts = [length, ~length].flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
        let block = [isLast ? 1 : 0] + parts + bytes.prefix(Int(length))
        return isLast ? block : block + deflated(Array(bytes.dropFirst(Int(length))))
    }
}
