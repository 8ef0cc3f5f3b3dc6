/// What a work order's moves are decided by, besides the work order itself: read with it in one transaction.
struct OrderFacts: Sendable {
    var policy = WorkPolicy()
    /// What other capabilities know of it.
    var labor = LaborFacts()
}
