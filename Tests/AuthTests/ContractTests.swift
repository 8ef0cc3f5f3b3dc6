import Identifiers
import ServiceKit
import TestSupport
import Testing

@testable import Auth

/// What is true of every route of this service.
@Suite struct ContractTests {
    @Test func theDocumentIsCommitted() async throws {
        try await withAuth { anonymous, _, _ in
            let client = try await anonymous.acting(as: .anna, of: .sunfield)
            try RouteContract("auth", client.routes).isCommitted()
        }
    }

    @Test func everyRouteRefusesStrangersAndNonsense() async throws {
        try await withAuth { anonymous, _, _ in
            let client = try await anonymous.acting(as: .anna, of: .sunfield)
            try await RouteContract("auth", client.routes).refusesStrangersAndNonsense(client)
        }
    }
}
