import Identifiers
import ServiceKit
import TestSupport
import Testing

@testable import StreamProcessor

/// What is true of every route of this service.
@Suite struct ContractTests {
    @Test func theDocumentIsCommitted() async throws {
        try await withTelemetry { client, _ in
            try RouteContract("stream-processor", client.routes).isCommitted()
        }
    }

    @Test func everyRouteRefusesStrangersAndNonsense() async throws {
        try await withTelemetry { client, _ in
            try await RouteContract("stream-processor", client.routes).refusesStrangersAndNonsense(client)
        }
    }

    @Test func everyRouteHidesOtherTenants() async throws {
        try await withTelemetry { client, _ in
            try await RouteContract("stream-processor", client.routes).hidesOtherTenants(
                ["id": AssetID.sample(20).description],
                client
            )
        }
    }
}
