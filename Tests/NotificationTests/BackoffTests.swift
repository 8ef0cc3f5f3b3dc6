import EventSchema
import Foundation
import Identifiers
import Testing

@testable import Notification

@Suite struct BackoffTests {
    @Test func pausesDoubleAndEnd() {
        #expect((1...4).map { Backoff.pause(afterFailure: $0, random: 1) } == [2, 4, 8, 16])
        #expect(Backoff.pause(afterFailure: 5) == nil)
    }

    @Test func aMailNamesAssetValueLimitAndWorkOrder() {
        let alert = AlertDetected(
            id: .new(),
            tenant: .new(),
            rule: .new(),
            type: "TEMPERATURE_HIGH",
            severity: .critical,
            site: .new(),
            siteCode: "NREL-RSF2",
            asset: .new(),
            assetCode: "INV-2",
            tag: "inverter_temperature",
            value: 61.25,
            unit: "Cel",
            threshold: 60,
            consecutive: 3,
            firstAt: Date(timeIntervalSince1970: 0),
            at: Date(timeIntervalSince1970: 1800)
        )
        let message = AlertMessage(alert, workOrder: "WO-2026-000001")
        #expect(message.subject == "Critical alert: INV-2 inverter_temperature 61.2 Cel")
        for part in ["NREL-RSF2", "60.0 Cel", "3 times in a row", "WO-2026-000001", "1970-01-01T00:30:00Z"] {
            #expect(message.body.contains(part))
        }
    }

    @Test func aSubjectCannotBreakOutOfItsLine() {
        let bytes = SMTP.message(
            from: "a@b",
            to: "c@d",
            subject: "x\r\nBcc: evil@example.com",
            body: "hello",
            id: "1",
            at: Date(timeIntervalSince1970: 0)
        )
        let head = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\r\n\r\n")[0]
        #expect(!head.contains("\r\nBcc:"))
    }
}
