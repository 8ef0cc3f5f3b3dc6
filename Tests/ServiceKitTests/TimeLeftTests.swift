import Access
import Commands
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Identifiers
import ServiceKit
import TestSupport
import Testing

/// A service stops working on a request when the gateway no longer waits for the answer.
@Suite struct TimeLeftTests {
    @Test func theWorkIsCancelledWhenNoTimeIsLeft() async throws {
        let authority = try await TestAuthority(roles: ["all": Permission.allCases])
        let notes = Notes()
        let route = try Route(.get, "/slow", "Waits", .anyone) { (_: Call<NoInput>) async throws -> NoContent in
            do {
                try await Task.sleep(for: .seconds(60))
            } catch {
                notes.note("\(error)")
                throw error
            }
            return NoContent()
        }
        try await Daemon.forTests("slow", authority).withRoutes(authority, [route]) { client in
            let answer = try await client.send(.get, "/api/v1/slow", headers: [.timeLeft: "500"])
            #expect(answer.status == .gatewayTimeout)
            #expect(answer["code"] == "deadline_exceeded")
            #expect(notes.all == ["CancellationError()"])
        }
    }
}
