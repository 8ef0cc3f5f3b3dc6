import ServiceKit
import Synchronization
import Testing

/// Which parts a daemon can do without, and when.
@Suite struct HealthChecksTests {
    @Test(arguments: [
        // What was reached once may be away: it is away for the siblings, too.
        (HealthChecks.Weight.atStart, true), (.partial, false),
    ])
    func aMissingPartMakesADaemonUnreadyOnlyAtItsStart(
        weight: HealthChecks.Weight,
        isEssentialAtFirst: Bool
    ) async {
        let isThere = Atomic(false)
        let checks = HealthChecks()
        checks.add("part", weight) { if !isThere.load(ordering: .relaxed) { throw NotReady("away") } }
        #expect(await checks.failures().map(\.isEssential) == [isEssentialAtFirst])
        isThere.store(true, ordering: .relaxed)
        #expect(await checks.failures().isEmpty)
        isThere.store(false, ordering: .relaxed)
        #expect(await checks.failures().map(\.isEssential) == [false])
        #expect(await checks.failures().map(\.reason) == ["away"])
    }
}
