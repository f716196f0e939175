/* Puts the rows of an admin inline in order: each row whose number field has [data-reorder] gets a handle that is dragged with
   mouse, pen or finger, or moved with ↑ and ↓; Esc puts it back. All it does in the end is to write the numbers into the fields;
   without this script they are written by hand. */
"use strict";

/* global Sortable */

{
    const numberOf = (row) => row.querySelector("input[data-reorder]");
    const handleOf = (row) => row.querySelector(".reorder-handle");
    const formIndex = (row) => Number(numberOf(row).name.split("-").at(-2));

    const nameOf = (row) => {
        const chosen = row.querySelector("select.admin-autocomplete option:checked");
        return numberOf(row).dataset.reorder || chosen?.textContent.trim() || "the new row";
    };

    const enhance = (group) => {
        const body = group.querySelector("tbody");
        const said = document.createElement("div");
        said.className = "visually-hidden";
        said.setAttribute("role", "status");
        const hint = document.createElement("p");
        hint.className = "reorder-hint";
        hint.id = `${group.id}-reorder-hint`;
        hint.textContent = "Drag a row by its handle, or focus the handle and press ↑ or ↓; Esc puts it back. Save to keep the order.";
        group.querySelector("table").before(hint, said);

        const rows = () => [...body.querySelectorAll("tr.form-row:not(.empty-form, .sortable-fallback)")];

        const number = () => rows().forEach((row, index) => {
            numberOf(row).value = index + 1;
            handleOf(row).setAttribute("aria-label", `Move ${nameOf(row)}`);
        });

        const say = (row, verb) => {
            const order = rows();
            said.textContent = `${verb} ${nameOf(row)} to position ${order.indexOf(row) + 1} of ${order.length}`;
        };

        // A row moves together with its line of errors. The kept row stays where it is in the document and the others move
        // around it: so it loses neither the focus nor the pointer.
        const errors = new Map();
        body.querySelectorAll("tr.row-form-errors").forEach((line) => errors.set(line.nextElementSibling, line));
        const unit = (row) => (errors.has(row) ? [errors.get(row), row] : [row]);
        const arrange = (order, kept) => {
            const end = body.querySelector("tr.empty-form, tr.add-row");
            const keptUnit = kept && unit(kept);
            const keptAt = order.indexOf(kept);
            order.forEach((row, index) => {
                if (row !== kept) {
                    const before = index < keptAt ? keptUnit[0] : end;
                    unit(row).forEach((part) => body.insertBefore(part, before));
                }
            });
        };

        const move = (row, to) => {
            const order = rows();
            const from = order.indexOf(row);
            const target = Math.max(0, Math.min(to, order.length - 1));
            if (target !== from) {
                order.splice(from, 1);
                order.splice(target, 0, row);
                arrange(order, row);
                number();
                row.scrollIntoView({block: "nearest"});
            }
        };

        let start = null; // the order to go back to
        const putBack = (row) => {
            arrange(start, row);
            number();
            say(row, "Put back");
        };

        const addHandle = (row) => {
            const handle = document.createElement("button");
            handle.type = "button";
            handle.className = "reorder-handle";
            handle.textContent = "↕";
            handle.title = "Drag, or press ↑ or ↓";
            handle.setAttribute("aria-describedby", hint.id);
            numberOf(row).before(handle);

            handle.addEventListener("focus", () => {
                start = rows();
                number(); // a new row may have got its record meanwhile: the handle takes that name
            });
            handle.addEventListener("keydown", (event) => {
                const step = {ArrowUp: -1, ArrowDown: 1}[event.key];
                if (step) {
                    event.preventDefault();
                    move(row, rows().indexOf(row) + step);
                    say(row, "Moved");
                } else if (event.key === "Escape" && start) {
                    event.preventDefault();
                    putBack(row);
                }
            });
            numberOf(row).addEventListener("change", () => {
                const wanted = numberOf(row).valueAsNumber;
                move(row, Number.isNaN(wanted) ? rows().length - 1 : wanted - 1);
                number();
                say(row, "Moved");
            });
        };

        rows().forEach(addHandle);
        number();

        let cancelled = false;
        const onEscape = (event) => {
            if (event.key === "Escape") {
                cancelled = true;
                event.stopPropagation();
                document.dispatchEvent(new PointerEvent("pointerup", {bubbles: true}));
            }
        };
        Sortable.create(body, {
            direction: "vertical",
            draggable: "tr.form-row:not(.empty-form)",
            handle: ".reorder-handle",
            forceFallback: true, // the browser's own dragging knows no touch
            fallbackTolerance: 4,
            ghostClass: "reorder-moving",
            onStart: () => {
                cancelled = false;
                start = rows();
                addEventListener("keydown", onEscape, true);
            },
            onEnd: ({item}) => {
                removeEventListener("keydown", onEscape, true);
                const before = start;
                if (cancelled) {
                    putBack(item);
                } else {
                    arrange(rows());
                    number();
                    say(item, "Moved");
                }
                handleOf(item).focus({preventScroll: true});
                start = before; // Esc puts back what was dragged
            },
        });

        group.addEventListener("formset:added", (event) => {
            addHandle(event.target);
            number();
        });
        // Django numbers the forms anew when a new row is removed, in the order of the document; saved rows must come first. Its
        // listener is the link's own: ours come before and after it, within the same press, so that no key falls in between.
        let order = null;
        group.addEventListener("click", (event) => {
            order = event.target.closest(".inline-deletelink") && rows();
            if (order) {
                arrange([...order].sort((one, other) => formIndex(one) - formIndex(other)));
            }
        }, true);
        group.addEventListener("click", () => {
            if (order) {
                arrange(order.filter((row) => row.isConnected));
                number();
            }
        });
    };

    document.addEventListener("DOMContentLoaded", () => {
        const groups = new Set([...document.querySelectorAll("input[data-reorder]")].map((input) => input.closest(".inline-group")));
        groups.forEach(enhance);
    });
}
