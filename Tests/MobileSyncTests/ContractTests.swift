import Identifiers
import ServiceKit
import TestSupport
import Testing

@testable import MobileSync

/// What is true of every route of this service.
@Suite struct ContractTests {
    @Test func theDocumentIsCommitted() async throws {
        try await withSync { client, _ in
            try RouteContract("mobile-sync", client.routes).isCommitted()
        }
    }

    @Test func everyRouteRefusesStrangersAndNonsense() async throws {
        try await withSync { client, _ in
            try await RouteContract("mobile-sync", client.routes).refusesStrangersAndNonsense(client)
        }
    }
}
