import Commands
import Foundation
import Hummingbird
import NIOCore

/// Names and values as forms and queries have them: pairs of texts.
enum FormFields {
    /// The fields of a form (`application/x-www-form-urlencoded`).
    ///
    /// - Throws: ``InvalidInput`` for one that is not encoded correctly.
    static func read(_ body: ByteBuffer) throws -> [(name: String, value: String)] {
        try String(buffer: body).split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = decoded(parts[0]), let value = decoded(parts.count > 1 ? parts[1] : "") else {
                throw InvalidInput("body", FieldRule(code: "not_a_form", "must be an encoded form in UTF-8"))
            }
            return (name, value)
        }
    }

    /// The parameters of a request's query.
    static func read(queryOf request: Request) -> [(name: String, value: String)] {
        request.uri.queryParameters.map { (String($0), String($1)) }
    }

    private static func decoded(_ text: Substring) -> String? {
        text.replacing("+", with: " ").removingPercentEncoding
    }
}
