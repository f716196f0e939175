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
        let start = null; // the order to go back to
        const errors = new Map(); // a row's line of errors, which goes where the row goes
        rows().forEach((row) => row.previousElementSibling?.matches(".row-form-errors") && errors.set(row, row.previousElementSibling));

        const number = () => rows().forEach((row, index) => {
            numberOf(row).value = index + 1;
            handleOf(row).setAttribute("aria-label", `Move ${nameOf(row)}`);
        });

        const say = (row, verb) => {
            const order = rows();
            said.textContent = `${verb} ${nameOf(row)} to position ${order.indexOf(row) + 1} of ${order.length}`;
        };

        const arrange = (order) => {
            const focused = document.activeElement;
            const end = body.querySelector("tr.empty-form, tr.add-row");
            order.forEach((row) => [errors.get(row), row].forEach((part) => part && body.insertBefore(part, end)));
            focused.focus({preventScroll: true}); // which a row that is moved loses
            number();
        };

        const move = (row, to) => {
            const order = rows().filter((other) => other !== row);
            order.splice(Math.max(0, Math.min(to, order.length)), 0, row);
            arrange(order);
            row.scrollIntoView({block: "nearest"});
        };

        const putBack = (row) => {
            arrange(start);
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

            let order = null; // when the handle got the focus
            handle.addEventListener("focus", () => {
                order ??= rows();
                number(); // a new row may have got its record meanwhile: the handle takes that name
            });
            handle.addEventListener("blur", () => {
                order = row.isConnected && isArranging ? order : null;
            });
            handle.addEventListener("keydown", (event) => {
                const step = {ArrowUp: -1, ArrowDown: 1}[event.key];
                if (step) {
                    event.preventDefault();
                    move(row, rows().indexOf(row) + step);
                    say(row, "Moved");
                }
            });
        };
    };
}
