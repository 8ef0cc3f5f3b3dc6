import Access
import Commands
import EventSchema
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Identifiers
import Logging
import Sealing
import Synchronization
import TestSupport
import Testing

@testable import ServiceKit

/// Refusals and sensitive reads are recorded, and nobody can fill the log with them.
@Suite struct AccessLogTests {
    @Test func aRefusalNamesTheRouteAndTheReasonAndCountsOnceAMinute() async throws {
        try await withRoutes { client, entries, clock in
            for _ in 0..<20 { #expect(try await client.get("/api/v1/people", as: .bo) == .forbidden) }
            #expect(try await client.get("/api/v1/people/\(UserID.anna)", as: .bo) == .forbidden)
            let first = try #require(entries.all.first)
            #expect(entries.all.map(\.resourceID) == ["GET /api/v1/people", "GET /api/v1/people/{id}"])
            #expect((first.action, first.user, first.tenant) == ("ACCESS_REFUSED", .bo, .sunfield))
            #expect(first.changes?.contains("user:read") == true && first.service == "people" && first.cause != nil)
            // Another person is another entry; a minute later it counts again.
            #expect(try await client.get("/api/v1/people", as: .sample(5)) == .forbidden)
            clock.value.withLock { $0 += 60 }
            #expect(try await client.get("/api/v1/people", as: .bo) == .forbidden)
            #expect(entries.all.map(\.user) == [.bo, .bo, .sample(5), .bo])
        }
    }

    @Test func aSensitiveReadNamesTheRecordAndAnOrdinaryOneIsNotRecorded() async throws {
        try await withRoutes { client, entries, _ in
            let path = "/api/v1/people/\(UserID.anna)"
            for path in [path, path, "\(path)?x=1", "/api/v1/weather", "/api/v1/nothing"] {
                _ = try await client.get(path, as: .anna)
            }
            #expect(entries.all.map(\.action) == ["SENSITIVE_READ"])
            #expect(entries.all.map(\.resourceID) == [path])
        }
    }

    @Test func whereTheRequestCameFromIsSealedForTheAuditLog() async throws {
        try await withRoutes { client, entries, _ in
            for user in [UserID.anna, .bo] { _ = try await client.get("/api/v1/people", as: user) }
            #expect(entries.all.count == 2)
            for entry in entries.all {
                let address = try #require(entry.address)
                let person = try #require(entry.user).description
                let origin = try Origin(sealed: address, for: person, client.authority.letterbox)
                #expect((origin.address, entry.userAgent) == ("198.51.100.77", nil))
            }
        }
    }

    /// What was not found or not understood is no refusal, nor is a request without a token.
    @Test func otherAnswersAreNotRecorded() async throws {
        try await withRoutes { (client, entries, _) async throws in
            #expect(try await client.get("/api/v1/people", as: nil) == .unauthorized)
            #expect(try await client.get("/api/v1/people/nobody", as: .anna) == .notFound)
            #expect(entries.all.isEmpty)
        }
    }

    private struct Client: Sendable {
        let http: any TestClientProtocol
        let authority: TestAuthority

        func get(_ path: String, as user: UserID?) async throws -> HTTPResponse.Status {
            var headers = HTTPFields()
            if let user {
                let roles = user == .anna ? ["reader"] : []
                headers[.forwardedFor] = "198.51.100.77"
                headers[.authorization] = "Bearer \(try await authority.token(user, of: .sunfield, roles: roles))"
            }
            return try await http.execute(uri: path, method: .get, headers: headers).status
        }
    }

    private func withRoutes(
        _ body: @escaping @Sendable (Client, Shared<[AuditRecorded]>, Shared<Date>) async throws -> Void
    ) async throws {
        let authority = try await TestAuthority(roles: ["reader": [.userRead]])
        let daemon = Daemon.forTests("people", authority)
        let (entries, clock) = (Shared([AuditRecorded]()), Shared(Date.noon))
        let access = AccessLog("people", now: { clock.value.withLock { $0 } }) { entry in
            entries.value.withLock { $0.append(entry) }
        }
        let router = Router(context: DaemonContext.self)
        router.add(
            middleware: Observe(metrics: daemon.metrics, spans: daemon.spans, authenticator: authority.authenticator)
        )
        router.add(
            [
                try Route(.get, "/people", "List people", .requires(.userRead), .sensitive) { (_: Call<NoInput>) in
                    NoContent()
                },
                try Route(.get, "/people/{id}", "Read a person", .requires(.userRead), .sensitive) {
                    (call: Call<NoInput>) in
                    let _: UserID = try call.id("id", of: "person")
                    return NoContent()
                },
                try Route(.get, "/weather", "Read the weather", .anyone) { (_: Call<NoInput>) in NoContent() },
            ],
            authority.authenticator,
            nil,
            access
        )
        let application = Application(router: router, logger: daemon.logger)
        try await application.test(.router) { http in
            try await body(Client(http: http, authority: authority), entries, clock)
        }
    }

    private final class Shared<Value: Sendable>: Sendable {
        let value: Mutex<Value>

        init(_ value: sending Value) { self.value = Mutex(value) }

        var all: Value { value.withLock { $0 } }
    }
}
