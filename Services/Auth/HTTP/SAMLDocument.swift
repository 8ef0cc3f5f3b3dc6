import ServiceKit

/// Our metadata as an answer (SAML Metadata, appendix A).
struct SAMLDocument: Answer {
    static func content() -> AnswerContent { .text("application/samlmetadata+xml") }

    var text: String

    func encoded() -> EncodedAnswer {
        EncodedAnswer(status: 200, headers: ["Content-Type": "application/samlmetadata+xml"], body: Array(text.utf8))
    }
}
