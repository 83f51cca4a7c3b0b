#include "domain/comment_state.h"

#include "base/attributes.h"

static const slice state_names[COMMENT_STATES] = {
    [COMMENT_PENDING] = S_INIT("pending"),   [COMMENT_PUBLISHED] = S_INIT("published"),
    [COMMENT_REJECTED] = S_INIT("rejected"), [COMMENT_SPAM] = S_INIT("spam"),
    [COMMENT_REMOVED] = S_INIT("removed"),   [COMMENT_WITHDRAWN] = S_INIT("withdrawn"),
};

static const slice act_names[COMMENT_ACTS] = {
    [ACT_PUBLISH] = S_INIT("publish"), [ACT_REJECT] = S_INIT("reject"),     [ACT_SPAM] = S_INIT("spam"),
    [ACT_REMOVE] = S_INIT("remove"),   [ACT_WITHDRAW] = S_INIT("withdraw"),
};

/* Every legal edge. What is not here is illegal. */
static const struct {
    enum comment_state from;
    enum comment_act act;
    enum comment_state to;
} edges[] = {
    {COMMENT_PENDING, ACT_PUBLISH, COMMENT_PUBLISHED},
    {COMMENT_PENDING, ACT_REJECT, COMMENT_REJECTED},
    {COMMENT_PENDING, ACT_SPAM, COMMENT_SPAM},
    {COMMENT_PENDING, ACT_WITHDRAW, COMMENT_WITHDRAWN},
    {COMMENT_PUBLISHED, ACT_REMOVE, COMMENT_REMOVED},
    {COMMENT_PUBLISHED, ACT_SPAM, COMMENT_SPAM},
    {COMMENT_PUBLISHED, ACT_WITHDRAW, COMMENT_WITHDRAWN},
    {COMMENT_REJECTED, ACT_PUBLISH, COMMENT_PUBLISHED},
    {COMMENT_REJECTED, ACT_SPAM, COMMENT_SPAM},
    {COMMENT_SPAM, ACT_PUBLISH, COMMENT_PUBLISHED},
    {COMMENT_SPAM, ACT_REJECT, COMMENT_REJECTED},
    {COMMENT_REMOVED, ACT_PUBLISH, COMMENT_PUBLISHED},
};

slice comment_state_name(enum comment_state state) { return state_names[state]; }

bool comment_state_parse(slice name, enum comment_state *out) {
    for (size_t i = 0; i < COMMENT_STATES; i++) {
        if (slice_equal(state_names[i], name)) {
            *out = (enum comment_state)i;
            return true;
        }
    }
    return false;
}

slice comment_act_name(enum comment_act act) { return act_names[act]; }

bool comment_act_parse(slice name, enum comment_act *out) {
    for (size_t i = 0; i < COMMENT_ACTS; i++) {
        if (slice_equal(act_names[i], name)) {
            *out = (enum comment_act)i;
            return true;
        }
    }
    return false;
}

bool comment_state_after(enum comment_state from, enum comment_act act, enum comment_state *to) {
    for (size_t i = 0; i < ARRAY_COUNT(edges); i++) {
        if (edges[i].from == from && edges[i].act == act) {
            *to = edges[i].to;
            return true;
        }
    }
    return false;
}
