import SignedXML

/// The names of SAML 2.0.
enum SAMLNames {
    static let protocols = "urn:oasis:names:tc:SAML:2.0:protocol"
    static let assertions = "urn:oasis:names:tc:SAML:2.0:assertion"
    static let metadata = "urn:oasis:names:tc:SAML:2.0:metadata"
    static let signatures = "http://www.w3.org/2000/09/xmldsig#"
    static let redirect = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
    static let post = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
    static let bearer = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
    static let success = "urn:oasis:names:tc:SAML:2.0:status:Success"
}

extension XMLFault {
    /// For the log of those who look for why a login has failed.
    var words: String {
        switch self {
        case .tooLarge: "it is too large"
        case .malformed: "it is no XML"
        case .documentType: "it has a document type (DTD), which is not accepted"
        case .comment: "it has a comment or an instruction, which are not accepted"
        case .repeatedID: "two of its elements have the same ID"
        case .misplaced: "it does not have exactly one assertion, in clear, where it has to be"
        case .unsigned: "it is not signed"
        case .wrongSignature: "its signature is wrong, of another key, or of an algorithm that is not accepted"
        }
    }
}
