import ServiceKit
import Synchronization
import Testing

/// Which parts a daemon can do without, and when.
@Suite struct HealthChecksTests {
    @Test(arguments: [
        (HealthChecks.Weight.essential, true, true), (.partial, false, false),
        // What was reached once may be away: the daemon serves what it has.
        (.atStart, true, false),
    ])
    func aMissingPartMakesADaemonUnreadyOnlyWhereItCannotServe(
        weight: HealthChecks.Weight,
        isEssentialAtFirst: Bool,
        isEssentialLater: Bool
    ) async {
        let isThere = Atomic(false)
        let checks = HealthChecks()
        checks.add("part", weight) { if !isThere.load(ordering: .relaxed) { throw NotReady("away") } }
        #expect(await checks.failures().map(\.isEssential) == [isEssentialAtFirst])
        isThere.store(true, ordering: .relaxed)
        #expect(await checks.failures().isEmpty)
        isThere.store(false, ordering: .relaxed)
        #expect(await checks.failures().map(\.isEssential) == [isEssentialLater])
        #expect(await checks.failures().map(\.reason) == ["away"])
    }
}
