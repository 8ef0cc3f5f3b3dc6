public import Commands
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
public import Postgres
import ServiceKit
import Testing

/// A sample request for a route that changes something.
public struct SampleChange: Sendable {
    /// The answers to the requests before, by their names.
    public typealias Answers = [String: ServiceAnswer]

    /// The route's method and path: `POST /sites`.
    let route: String
    let parameters: @Sendable (Answers) -> [String: String]
    let body: @Sendable (Answers) -> JSONValue
    /// The action of its entry in the audit log; `nil` if another service decides and records the change.
    let action: String?

    /// - Parameters:
    ///   - action: For example `SITE_CREATED`; `nil` if another service decides and records the change.
    ///   - path: The path parameters, computed from the answers to the requests before.
    public init(
        _ route: String,
        records action: String?,
        path: @escaping @Sendable (Answers) -> [String: String],
        body: @escaping @Sendable (Answers) -> JSONValue
    ) {
        self.route = route
        self.action = action
        parameters = path
        self.body = body
    }

    /// A route without parameters in its path.
    public init(_ route: String, records action: String?, body: @escaping @Sendable (Answers) -> JSONValue) {
        self.init(route, records: action, path: { _ in [:] }, body: body)
    }
}

extension RouteContract {
    /// Checks that every route that changes something takes effect once per `Idempotency-Key`, even for concurrent requests, and
    /// writes one entry for the audit log with the values before and after, unless another service records it.
    ///
    /// - Parameters:
    ///   - samples: A request for each such route, in an order in which they succeed.
    ///   - client: A user of Sunfield with all permissions; its routes store answers.
    public func everyChangeCountsOnceAndIsRecorded(
        _ samples: [SampleChange],
        _ client: ServiceClient,
        _ database: Database
    ) async throws {
        let changing = own.filter(\.isKeyed).map { "\($0.method) \($0.path)" }
        #expect(Set(samples.map(\.route)) == Set(changing), "each route that changes something needs a sample")
        var answers: SampleChange.Answers = [:]
        for sample in samples {
            guard let route = routes.first(where: { "\($0.method) \($0.path)" == sample.route }) else { continue }
            let before = try await database.outbox().last?.id ?? 0
            let answer = try await countsOnce(route, sample, answers, client)
            answers[sample.route] = answer
            let new = try await database.outbox().filter { $0.id > before }
            // What concerns another tenant is in its log too.
            let entries = try new.filter { $0.type == AuditRecorded.name }.map { try $0.decode(AuditRecorded.self) }
                .filter { $0.tenant == .sunfield }
            guard let action = sample.action else {
                #expect(entries.isEmpty, "\(sample.route) records \(entries.map(\.action))")
                continue
            }
            let entry = try #require(
                entries.first { $0.action == action },
                "\(sample.route) records \(entries.map(\.action))"
            )
            #expect(entries.count { $0.action == action } == 1, "\(sample.route) is recorded once")
            #expect((entry.tenant, entry.user, entry.service) == (.sunfield, .anna, service), "\(sample.route)")
            #expect(entry.resourceID != nil && entry.cause != nil, "\(sample.route) names its record and its request")
            try tellsBothValues(entry, route)
        }
    }

    private func countsOnce(
        _ route: Route,
        _ sample: SampleChange,
        _ answers: SampleChange.Answers,
        _ client: ServiceClient
    ) async throws -> ServiceAnswer {
        var path = route.fullPath
        for (name, value) in sample.parameters(answers) { path = path.replacing("{\(name)}", with: value) }
        let body = route.method == .delete ? nil : sample.body(answers)
        let key: HTTPFields = [.idempotencyKey: UUID().uuidString]
        // Two concurrent requests and one later: one effect, one answer.
        async let twin = client.send(route.method, path, text: body?.text(), headers: key)
        let first = try await client.send(route.method, path, text: body?.text(), headers: key)
        let second = try await twin
        let third = try await client.send(route.method, path, text: body?.text(), headers: key)
        #expect(first.status.kind == .successful, "\(route.name): \(first.text)")
        for other in [second, third] {
            #expect((other.status, other.text) == (first.status, first.text), "\(route.name) again")
            #expect(
                other.headers[.eTag] == first.headers[.eTag] && other.headers[.location] == first.headers[.location]
            )
        }
        let replayed = HTTPField.Name("Idempotent-Replayed")!
        #expect(
            [first, second].count { $0.headers[replayed] == "true" } == 1,
            "\(route.name): one of two is a repetition"
        )
        #expect(third.headers[replayed] == "true", "\(route.name): the third is a repetition")
        let other = try await client.send(route.method, "\(path)?other=1", text: body?.text(), headers: key)
        #expect(
            other.status == .badRequest || other.status == .unprocessableContent,
            "\(route.name) with the key of another"
        )
        let foreign = try await client.send(
            route.method,
            path,
            text: body.map { _ in "{\"other\":1}" },
            headers: key.merging([.ifMatch: "\"77\""])
        )
        #expect(foreign.status == .unprocessableContent, "\(route.name), another request with its key: \(foreign.text)")
        #expect(foreign.wrongFields == ["Idempotency-Key"], "\(route.name) names the header")
        let long = try await client.send(
            route.method,
            path,
            text: body?.text(),
            headers: [.idempotencyKey: String(repeating: "k", count: 256)]
        )
        #expect((long.status, long.wrongFields) == (.badRequest, ["Idempotency-Key"]), "\(route.name) with a long key")
        return first
    }

    /// Checks `{"field": [before, after]}`: `before` is null for an added value and `after` for a removed one, and the two always
    /// differ.
    private func tellsBothValues(_ entry: AuditRecorded, _ route: Route) throws {
        let changes = try JSONReader.read(Array((entry.changes ?? "{}").utf8)).members ?? [:]
        let pairs = changes.values.compactMap(\.elements)
        #expect(!pairs.isEmpty && pairs.allSatisfy { $0.count == 2 && $0[0] != $0[1] }, "\(route.name): \(changes)")
        if entry.action.hasSuffix("_CREATED") {
            #expect(pairs.allSatisfy { $0.first == .null }, "\(route.name): \(changes)")
        } else if entry.action.hasSuffix("_DELETED") {
            #expect(pairs.allSatisfy { $0.last == .null }, "\(route.name): \(changes)")
        } else {
            #expect(pairs.contains { $0.first != .null && $0.last != .null }, "\(route.name): \(changes)")
        }
    }
}

extension HTTPFields {
    fileprivate func merging(_ other: HTTPFields) -> HTTPFields {
        var all = self
        all.append(contentsOf: other)
        return all
    }
}
