import EventSchema
import Foundation
import HTTPTypes
import Messaging
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Auth

/// When a session ends is told before it ends.
@Suite struct SessionEndTests {
    static let minute: TimeInterval = 60
    static let hour: TimeInterval = 3600
    static let week = 168 * hour

    /// Seconds after the login.
    @Test(
        arguments: [
            (hours: nil, idle: nil, refreshed: 0, at: week, latest: week),
            // Each refresh puts the idle end off, up to the last one.
            (hours: nil, idle: 20, refreshed: 0, at: 20 * minute, latest: week),
            (hours: nil, idle: 20, refreshed: hour, at: hour + 20 * minute, latest: week),
            (hours: 1, idle: 20, refreshed: 30 * minute, at: 50 * minute, latest: hour),
            (hours: 1, idle: 20, refreshed: 50 * minute, at: hour, latest: hour),
            // No role makes it longer than a week.
            (hours: 500, idle: nil, refreshed: hour, at: week, latest: week),
            (hours: nil, idle: 20_000, refreshed: hour, at: week, latest: week),
        ] as [(hours: Int?, idle: Int?, refreshed: TimeInterval, at: TimeInterval, latest: TimeInterval)]
    )
    func aSessionEndsWhenItIsIdleOrOld(
        hours: Int?,
        idle: Int?,
        refreshed: TimeInterval,
        at: TimeInterval,
        latest: TimeInterval
    ) {
        let strictest = SessionLimit.Strictest(hours: hours, idleMinutes: idle)
        let end = SessionLimit.end(ofSessionFrom: .noon, refreshedAt: .noon + refreshed, strictest)
        #expect(end == SessionEnd(at: .noon + at, latest: .noon + latest))
    }

    /// By the strictest of the person's roles, from the login on.
    @Test func tokensComeWithTheEndOfTheirSession() async throws {
        try await withAuth { (client, _, database) async throws in
            try await database.owner.execute("UPDATE roles SET session_idle_minutes = 90 WHERE name = 'admin'")
            try await database.owner.execute(
                "UPDATE roles SET session_idle_minutes = 20, session_hours = 3 WHERE name = 'platform-admin'"
            )
            let browser = Browser(client: client)
            let given = try await browser.exchange(try await browser.code())
            let begun = try await database.began()
            #expect(given.date("session_ends_at") == begun + 20 * Self.minute)
            #expect(given.date("session_ends_at_latest") == begun + 3 * Self.hour)
            // A role has changed meanwhile: a refresh tells what counts now.
            try await database.owner.execute("UPDATE roles SET session_idle_minutes = 30 WHERE name = 'platform-admin'")
            let token = try #require(given["refresh_token"])
            let refreshed = try await client.send(.post, "/api/v1/auth/refresh", ["refreshToken": token])
            let again = try await client.send(.post, "/api/v1/auth/refresh", ["refreshToken": token])
            let at = try await database.refreshed()
            // An answer that got lost is repeated, and puts nothing off.
            for answer in [refreshed, again] {
                #expect(answer.date("sessionEndsAt") == at + 30 * Self.minute)
                #expect(answer.date("sessionEndsAtLatest") == begun + 3 * Self.hour)
            }
        }
    }

    @Test func withoutATimeOfARoleARefreshPutsNothingOff() async throws {
        try await withAuth { (client, _, database) async throws in
            let browser = Browser(client: client)
            let given = try await browser.exchange(try await browser.code())
            let end = try await database.began() + Self.week
            #expect(given.date("session_ends_at") == end && given.date("session_ends_at_latest") == end)
            let body = ["refreshToken": try #require(given["refresh_token"])]
            let refreshed = try await client.send(.post, "/api/v1/auth/refresh", body)
            #expect(refreshed.date("sessionEndsAt") == end && refreshed.date("sessionEndsAtLatest") == end)
        }
    }
}

extension ServiceAnswer {
    /// In whole milliseconds, as it is written.
    fileprivate func date(_ field: String) -> Date? { self[field].flatMap { Date(rfc3339: $0) } }
}

extension Database {
    fileprivate func began() async throws -> Date { try await time("created_at") }
    fileprivate func refreshed() async throws -> Date { try await time("refreshed_at") }

    /// Of the only session, in whole milliseconds.
    private func time(_ column: String) async throws -> Date {
        let row = try await owner.query("SELECT * FROM sessions")[0]
        let stored: Date = try row[column]
        return try #require(Date(rfc3339: stored.rfc3339))
    }
}
