import Access
public import Commands
import Foundation
import HTTPTypes
import Identifiers
public import ServiceKit
import Testing

/// Checks for every route, generated from the list of routes, so that a new route is tested automatically.
public struct RouteContract: Sendable {
    public let service: String
    public let routes: [Route]
    /// Those of the service itself: `MessagingTests` checks what the routes of operations change, which are the same everywhere.
    var own: [Route] {
        let own = routes.filter { !$0.path.hasPrefix("/operations/") }
        return own.isEmpty ? routes : own
    }

    public init(_ service: String, _ routes: [Route]) {
        self.service = service
        self.routes = routes
    }

    // MARK: - The document

    /// Checks that the document is the committed one. `make api` writes it.
    public func isCommitted() throws {
        let document = try APIDocument.make("dCMMS \(service)", routes).text(indent: 2) + "\n"
        let file = repository.appending(path: "docs/api/\(service).json")
        if ProcessInfo.processInfo.environment["UPDATE_API"] != nil {
            try Data(document.utf8).write(to: file)
        }
        let committed = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        #expect(document == committed, "docs/api/\(service).json differs from the routes: run `make api`")
    }

    // MARK: - Refusals

    /// Checks that every route refuses unauthorized and invalid requests, as a user of Sunfield with the role `all`.
    public func refusesStrangersAndNonsense(_ client: ServiceClient) async throws {
        var anonymous = client
        anonymous.token = ""
        let powerless = try await client.acting(as: .bo, of: .sunfield, roles: ["none"])
        for route in routes {
            if route.access != .open {
                let answer = try await anonymous.send(route)
                #expect(answer.status == .unauthorized, "\(route.name) without a token")
            }
            for permission in route.access.permissions {
                let answer = try await powerless.send(route)
                #expect(answer.status == .forbidden, "\(route.name) without \(permission.rawValue)")
                #expect(answer.text.contains(permission.rawValue), "\(route.name) names the permission")
            }
            if let age = route.stepUp { try await refusesOldLogins(route, client, age) }
            try await refusesNonsense(route, client)
        }
    }

    private func refusesOldLogins(_ route: Route, _ client: ServiceClient, _ age: Duration) async throws {
        let seconds = age.components.seconds
        var old = client
        old.token = try await client.authority.token(
            .anna,
            of: .sunfield,
            roles: ["all"],
            provedAgo: TimeInterval(seconds) + 60
        )
        let answer = try await old.send(route)
        #expect(
            (answer.status, answer["code"]) == (.unauthorized, "step_up_required"),
            "\(route.name) with an old login"
        )
        #expect(
            answer.headers[.wwwAuthenticate]?.contains("max_age=\(seconds)") == true,
            "\(route.name): \(answer.headers)"
        )
    }

    private func refusesNonsense(_ route: Route, _ client: ServiceClient) async throws {
        if !route.hasOpenQuery, !route.takesBytes {
            let unknown = try await client.send(route, adding: ["zz": "1"])
            #expect(unknown.status == .badRequest, "\(route.name) with an unknown field: \(unknown.text)")
            #expect(unknown.wrongFields.contains("zz"), "\(route.name) names the unknown field: \(unknown.text)")
        }
        for field in route.fields {
            // All values in a query and in a form are text.
            if field.shape.isText, route.method == .get || route.method == .delete || route.isForm { continue }
            guard let wrong = field.shape.wrong else { continue }
            let answer = try await client.send(route, adding: [field.name: wrong])
            #expect(answer.status == .badRequest, "\(route.name) with a wrong \(field.name): \(answer.text)")
            #expect(
                answer.wrongFields.contains { $0 == field.name || $0.hasPrefix("\(field.name)[") },
                "\(route.name) names \(field.name): \(answer.text)"
            )
        }
        for parameter in route.parameters {
            let answer = try await client.send(route, parameters: [parameter: "nonsense"])
            #expect(
                answer.status == .notFound || answer.wrongFields == [parameter],
                "\(route.name) with nonsense for \(parameter): \(answer.text)"
            )
        }
    }

    /// Checks that records of another tenant are not found: a user of Windward who asks for an id of Sunfield's gets the same
    /// answer as for an unknown id.
    ///
    /// The same holds for records out of reach: a user whose permissions are limited to sites and who has no site finds nothing.
    ///
    /// - Parameters:
    ///   - ids: Ids of Sunfield's records by the name of the parameter or field, if necessary with the path before it:
    ///     `/workorders/{id}#id`. Every parameter and field that is an id needs one.
    ///   - free: Names of parameters and fields whose ids the caller makes up, so that no tenant owns them.
    ///   - client: A user of Sunfield.
    public func hidesOtherTenants(
        _ ids: [String: String],
        free: Set<String> = [],
        _ client: ServiceClient
    ) async throws {
        for route in own where route.access != .open {
            let words = Set(
                route.options.compactMap { if case .words(let name, _) = $0 { name } else { nil } }
            )
            let parameters = route.parameters.filter { !words.contains($0) }
            let fields = route.fields.filter { if case .id = $0.shape { true } else { false } }.map(\.name)
            for name in parameters + fields where !free.contains(name) {
                #expect(ids["\(route.path)#\(name)"] ?? ids[name] != nil, "\(route.name): no id for \(name)")
            }
        }
        client.authority.grantEverything("nowhere", .sites)
        try await hides(ids, from: try await client.acting(as: .bo, of: .windward), "of another tenant")
        try await hides(
            // Users are not hidden from their colleagues: who may assign work is limited by where the work is.
            ids.filter { $0.value != UserID.anna.description },
            from: try await client.acting(as: .bo, of: .sunfield, roles: ["nowhere"]),
            "out of reach"
        )
        for id in ids {
            let isNamed = own.contains { route in
                route.parameters.contains { id.key == $0 || id.key == "\(route.path)#\($0)" }
                    || route.fields.contains { id.key == $0.name || id.key == "\(route.path)#\($0.name)" }
            }
            #expect(isNamed, "no route of \(service) has \(id.key)")
        }
    }

    private func hides(_ ids: [String: String], from foreign: ServiceClient, _ whose: String) async throws {
        func known(_ route: Route, _ name: String) -> String? { ids["\(route.path)#\(name)"] ?? ids[name] }
        for route in own where route.access != .open {
            let parameters = Dictionary(
                uniqueKeysWithValues: route.parameters.compactMap { name in
                    known(route, name).map { (name, $0) }
                }
            )
            let isOfIDs = route.parameters.contains { ids["\(route.path)#\($0)"] != nil || ids[$0] != nil }
            if isOfIDs {
                let answer = try await foreign.send(route, parameters: parameters)
                #expect(answer.status == .notFound, "\(route.name) \(whose): \(answer.text)")
            }
            for field in route.fields {
                guard case .id = field.shape, let id = known(route, field.name) else { continue }
                let answer = try await foreign.send(route, adding: [field.name: .string(id)])
                let nobody = try await foreign.send(route, adding: [field.name: .string(UUID().uuidString)])
                #expect(
                    answer.status == nobody.status && answer["code"] == nobody["code"] && answer.items.isEmpty,
                    "\(route.name) with a \(field.name) \(whose): \(answer.text), and nobody's: \(nobody.text)"
                )
                #expect(
                    !route.isMutating || (400..<500).contains(answer.status.code),
                    "\(route.name) with a \(field.name) \(whose): \(answer.text)"
                )
            }
            guard route.method == .get, route.parameters.isEmpty else { continue }
            let answer = try await foreign.send(route)
            #expect(answer.items.isEmpty, "\(route.name) \(whose): \(answer.text)")
        }
    }
}

extension Route {
    /// The name in failure messages.
    public var name: String { "\(method) \(fullPath)" }
}

extension Shape {
    /// Whether every value of it is text, or a list of texts.
    fileprivate var isText: Bool {
        switch self {
        case .text: true
        case .list(let element, _): element.isText
        default: false
        }
    }

    /// A value of the wrong type; `nil` if every value is valid.
    fileprivate var wrong: JSONValue? {
        switch self {
        case .text: .array([])
        case .time, .id, .choice, .whole, .number, .truth, .list, .object: "nonsense"
        case .nullable(let shape): shape.wrong
        case .each, .any: nil
        }
    }
}

extension ServiceClient {
    /// Sends the example request of a route.
    public func send(
        _ route: Route,
        parameters: [String: String] = [:],
        adding fields: [String: JSONValue] = [:]
    ) async throws -> ServiceAnswer {
        var path = route.fullPath
        for name in route.parameters {
            var sample = UserID.sample(99).description
            for case .words(name, let words) in route.options { sample = words.first ?? sample }
            path = path.replacing("{\(name)}", with: parameters[name] ?? sample)
        }
        var members = route.example.members ?? [:]
        members.merge(fields) { $1 }
        guard route.method != .get, route.method != .delete, !route.isForm else {
            // A list is sent as its elements.
            let pairs = members.sorted { $0.key < $1.key }.flatMap { name, value in
                (value.elements ?? [value]).map { (name, $0) }
            }
            let fields = pairs.map { name, value in
                let text = value.text ?? value.text()
                return "\(name)=\(text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? text)"
            }
            let text = fields.joined(separator: "&")
            if route.isForm { return try await send(route.method, path, text: text) }
            return try await send(route.method, text.isEmpty ? path : "\(path)?\(text)")
        }
        return try await send(route.method, path, text: JSONValue.object(members).text())
    }
}

/// The folder of the repository.
let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
