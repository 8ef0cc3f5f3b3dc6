import Commands
import HTTPTypes

/// The services that the gateway forwards to.
struct Upstream: RawRepresentable, Hashable, Sendable {
    let rawValue: String
}

/// Which service answers which method and path, and which requests need no token. It is read from the services' documents.
struct RouteTable: Sendable {
    /// Where a request goes.
    struct Target: Hashable, Sendable {
        var upstream: Upstream
        /// The path as the document writes it.
        var path: String
        /// Whether it needs no token.
        var isOpen: Bool
        var kind: RouteClass
    }

    /// The result of a look-up.
    enum Match: Hashable, Sendable {
        case found(Target)
        /// The path exists, but not with this method.
        case otherMethods([String])
        case nothing
    }

    /// A segment of the paths. Literal segments are tried before parameters.
    private struct Node: Sendable {
        var literals: [String: Node] = [:]
        var parameter: [Node] = []
        var targets: [String: Target] = [:]

        mutating func insert(_ segments: ArraySlice<Substring>, _ method: String, _ target: Target) {
            guard let first = segments.first else {
                targets[method] = target
                return
            }
            if first.hasPrefix("{") {
                if parameter.isEmpty { parameter = [Node()] }
                parameter[0].insert(segments.dropFirst(), method, target)
            } else {
                literals[String(first), default: Node()].insert(segments.dropFirst(), method, target)
            }
        }

        func find(_ segments: ArraySlice<Substring>) -> [String: Target]? {
            guard let first = segments.first else { return targets.isEmpty ? nil : targets }
            if let found = literals[String(first)]?.find(segments.dropFirst()) { return found }
            return parameter.first?.find(segments.dropFirst())
        }
    }

    private var root = Node()

    /// - Parameter documents: OpenAPI documents by service; a document of an unknown service is ignored.
    init(_ documents: [String: JSONValue]) {
        for (service, document) in documents {
            guard let paths = document["paths"]?.members else { continue }
            let upstream = Upstream(rawValue: service)
            for (path, operations) in paths {
                for (method, operation) in operations.members ?? [:] where operation["x-not-forwarded"] != true {
                    let method = method.uppercased()
                    let target = Target(
                        upstream: upstream,
                        path: path,
                        isOpen: operation["security"] == [],
                        kind: RouteClass(method, path)
                    )
                    root.insert(path.split(separator: "/")[...], method, target)
                }
            }
        }
    }

    /// Where a request goes.
    func match(_ method: HTTPRequest.Method, _ path: String) -> Match {
        guard !Self.isAmbiguous(path) else { return .nothing }
        let wanted = path.split(separator: "/")
        guard let targets = root.find(wanted[...]) else { return .nothing }
        return targets[method.rawValue].map(Match.found) ?? .otherMethods(targets.keys.sorted())
    }

    /// Whether the gateway and the service could understand a path differently: one with `.` or `..` as a segment, repeated slashes, or a
    /// slash in disguise (`%2F`).
    static func isAmbiguous(_ path: String) -> Bool {
        var (length, dots) = (0, 0)
        var isRelative: Bool { length == dots && (1...2).contains(length) }
        var previous: UInt8 = 0
        for byte in path.utf8 {
            if byte == UInt8(ascii: "/") {
                if previous == byte || isRelative { return true }
                (length, dots) = (0, 0)
            } else {
                length += 1
                if byte == UInt8(ascii: ".") { dots += 1 }
            }
            previous = byte
        }
        return isRelative || path.utf8.hasSlashInDisguise
    }
}

extension String.UTF8View {
    fileprivate var hasSlashInDisguise: Bool {
        var rest = self[...]
        while let percent = rest.firstIndex(of: UInt8(ascii: "%")) {
            let code = rest[percent...].dropFirst().prefix(2)
            if code.first == UInt8(ascii: "2"), let last = code.dropFirst().first, last | 0x20 == UInt8(ascii: "f") {
                return true
            }
            rest = rest[percent...].dropFirst()
        }
        return false
    }
}
