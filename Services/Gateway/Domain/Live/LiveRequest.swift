import Commands
import EventSchema
import Foundation
import Identifiers

/// What a client asks for: the query of a stream, or a message over a WebSocket.
enum LiveRequest: Hashable, Sendable {
    case subscribe(LiveFilter, cursor: String?)
    /// A new token of the same user, for when the old one expires.
    case token(String)

    /// - Throws: `InvalidInput` that names the field.
    init(message: some Collection<UInt8>) throws {
        guard let json = try? JSONReader.read(message), let members = json.members else {
            throw InvalidInput("message", FieldRule(code: "not_an_object", "must be a JSON object"))
        }
        switch members["type"]?.text {
        case "subscribe":
            self = try Self.subscription { name in
                switch members[name] {
                case nil, .null?: nil
                case .string(let text)?: text
                case .bool(let flag)?: flag ? "true" : "false"
                case .array(let elements)?: elements.map { $0.text ?? "?" }.joined(separator: ",")
                default: "?"
                }
            }
        case "token":
            guard let token = members["token"]?.text else {
                throw InvalidInput("token", FieldRule(code: "not_a_token", "must be an access token"))
            }
            self = .token(token)
        default:
            throw InvalidInput("type", .oneOf(["subscribe", "token"]))
        }
    }

    /// - Parameter value: The parameter of that name, if there is one.
    /// - Throws: `InvalidInput` that names the parameter.
    static func subscription(_ value: (String) -> String?) throws -> LiveRequest {
        var errors = FieldErrors()
        func id<Kind>(_ name: String, of _: Identifier<Kind>.Type) -> Identifier<Kind>? {
            guard let text = value(name) else { return nil }
            let id = Identifier<Kind>(text)
            if id == nil { errors.add(name, .uuid) }
            return id
        }
        let words = (value("kinds") ?? "").split(separator: ",").map { $0.filter { !$0.isWhitespace } }
        let kinds = words.compactMap(LiveKind.init)
        if kinds.isEmpty || kinds.count < words.count {
            let known = LiveKind.allCases.map(\.rawValue).joined(separator: ", ")
            errors.add("kinds", FieldRule(code: "not_some_of", "must be some of \(known)", ["allowed": known]))
        }
        let own = value("own")
        if let own, own != "true", own != "false" { errors.add("own", .truth) }
        let filter = LiveFilter(
            kinds: Set(kinds),
            site: id("site", of: SiteID.self),
            asset: id("asset", of: AssetID.self),
            isOwn: own == "true"
        )
        try errors.check()
        return .subscribe(filter, cursor: value("cursor"))
    }
}
