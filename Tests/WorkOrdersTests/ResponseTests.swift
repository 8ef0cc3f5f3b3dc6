import Commands
import EventSchema
import Foundation
import Responses
import TestSupport
import Testing

@testable import WorkOrders

/// What is written by hand is what the types' own encoding says.
@Suite struct ResponseTests {
    @Test func aWorkOrderIsWrittenAsItIsEncoded() throws {
        var full = WorkOrder.sample(.completed)
        full.description = "\"Quoted\",\nand Größe"
        full.scheduledStart = .noon
        full.scheduledEnd = .noon + 60
        full.originID = "alert-1"
        (full.template, full.templateVersion) = (.sample(45), 3)
        full.tasks = [
            WorkTask(
                id: .sample(41),
                title: "Check the fan",
                position: 1,
                status: .completed,
                completedAt: .noon,
                completedBy: .anna,
                notes: "dusty"
            ),
            .pending(id: .sample(42), title: "Clean", position: 2),
            WorkTask(
                id: .sample(43),
                title: "Measure",
                position: 3,
                status: .completed,
                description: "With the \"probe\"",
                isMandatory: true,
                dependsOn: [.sample(41), .sample(42)],
                check: TaskCheck(
                    kind: .number,
                    passes: true,
                    options: ["a", "b"],
                    failing: ["b"],
                    unit: "°C",
                    minimum: "1",
                    maximum: "2",
                    meter: "Hours"
                ),
                opensFollowUp: true,
                answer: TaskAnswer(yes: false, choice: "b", number: "2.50", text: "x", isReset: true),
                outcome: .failed,
                followUp: .sample(44)
            ),
        ]
        for order in WorkOrderStatus.allCases.map(WorkOrder.sample) + [full] {
            let response = WorkOrderResponse(WorkOrderState(order))
            try expectSameJSON(response)
            for task in response.tasks { try expectSameJSON(task) }
        }
    }

    @Test func aServiceLevelIsWrittenAsItIsEncoded() throws {
        let running = ServiceClock(
            kind: .respond,
            state: .running,
            limitMinutes: 60,
            atRiskAt: .noon,
            dueAt: .noon + 720
        )
        let paused = ServiceClock(kind: .restore, state: .paused, limitMinutes: 240, remaining: 61)
        let stopped = ServiceClock(kind: .restore, state: .stopped, limitMinutes: 240, endedAt: .noon)
        for clocks in [[running, paused], [stopped]] {
            var response = WorkOrderResponse(WorkOrderState(.sample(.open)))
            response.serviceLevel = ServiceLevelResponse(clocks, at: .noon)
            #expect(response.serviceLevel != nil)
            try expectSameJSON(response)
        }
        #expect(ServiceLevelResponse([], at: .noon) == nil)
        #expect(ServiceLevelResponse([running, paused], at: .noon)?.clocks.last?.remainingMinutes == 2)
    }

    @Test func anUnknownWordIsNotWritten() throws {
        var order = WorkOrder.sample(.open)
        order.status = .unknown
        #expect(throws: EncodingError.self) { try JSONWriter.write(WorkOrderResponse(WorkOrderState(order))) }
    }
}
