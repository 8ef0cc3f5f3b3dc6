import Commands
import Foundation
import HTTPTypes
import ServiceKit
import TestSupport
import Testing

@testable import Notification

extension RuleRouteTests {
    @Test(arguments: [TextLimit("name", 1...200), TextLimit("type", 1...64), TextLimit("tag", 1...64)])
    func textsOfARuleHaveLengthLimits(limit: TextLimit) async throws {
        try await withNotification { client, _ in
            try await limit.hold { text in
                let body = Self.body.merging([limit.field: text]) { $1 }
                let answer = try await client.send(.post, "/api/v1/alert-rules", body)
                return (answer.status, answer.text)
            }
        }
    }
}
