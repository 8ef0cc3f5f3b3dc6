import EventSchema
import Foundation
import Identifiers
import Testing

@testable import Notification

@Suite struct AlertLifeCycleTests {
    /// The complete table: a signal that is not in it has no effect.
    private static let steps: [(AlertStatus?, AlertSignal, AlertStep)] = [
        (nil, .detected, .open),
        (.open, .detected, .goOn),
        (.open, .acknowledged, .become(.acknowledged)),
        (.open, .cleared, .become(.resolved)),
        (.open, .closed, .become(.resolved)),
        (.acknowledged, .detected, .goOn),
        (.acknowledged, .cleared, .become(.resolved)),
        (.acknowledged, .closed, .become(.resolved)),
        (.resolved, .detected, .open),
    ]

    @Test func everySignalInEveryStateFollowsTheTable() {
        for status in [nil, .open, .acknowledged, .resolved] as [AlertStatus?] {
            for signal in AlertSignal.allCases {
                let expected = Self.steps.first { $0.0 == status && $0.1 == signal }?.2 ?? .nothing
                #expect(
                    AlertLifeCycle.step(from: status, on: signal) == expected,
                    "\(String(describing: status)) \(signal)"
                )
            }
        }
    }

    @Test func everyActiveAlertCanEndByItselfAndByAUser() {
        for status in [AlertStatus.open, .acknowledged] {
            for signal in [AlertSignal.cleared, .closed] {
                #expect(AlertLifeCycle.step(from: status, on: signal) == .become(.resolved))
            }
        }
    }

    @Test func anEpisodeSharesThePreviousWorkOrderUntilThatIsClosed() {
        let now = Date(timeIntervalSince1970: 1_000_000)
        func decide(_ asked: AskedWork?, asset: AssetStatus? = .operational, creates: Bool = true) -> AlertWork {
            AlertWork.decide(createsWorkOrder: creates, asset: asset, asked: asked, at: now)
        }
        func asked(_ seconds: TimeInterval, number: String? = nil) -> AskedWork {
            AskedWork(
                request: .new(),
                askedAt: now - seconds,
                workOrder: number.map { _ in .new() },
                number: number
            )
        }
        let (open, fresh, lost) = (asked(86_400, number: "WO-1"), asked(10), asked(AlertWork.patience))
        #expect(decide(nil) == .ask)
        #expect(decide(nil, asset: nil) == .ask)
        #expect(decide(open) == .share(open))
        #expect(decide(fresh) == .share(fresh))
        // The request had no result, so a later episode asks again.
        #expect(decide(lost) == .ask)
        #expect(decide(nil, creates: false) == AlertWork.none)
        #expect(decide(open, asset: .decommissioned) == .refused(.assetDecommissioned))
    }
}
